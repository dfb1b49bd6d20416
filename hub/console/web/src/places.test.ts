import { expect, test } from 'vitest';
import type { Me } from './api';
import { reached, reaches, seesAll } from './places';

const rights: Me['roles'] = [{ role: 'viewer', counties: [] }, { role: 'officer', counties: ['610423'] }];
const counties = ['610404', '610423'].map((county) => ({ county, zh: county, en: county }));

test('a role is for its counties, without any for the whole city', () => {
  expect(reaches(rights, ['officer'], '610423')).toBe(true);
  expect(reaches(rights, ['officer'], '610404')).toBe(false);
  expect(reaches(rights, ['officer'], '')).toBe(false);
  expect(reaches(rights, ['viewer', 'officer'], 'outside')).toBe(true);
  expect(reaches([], ['viewer'], '')).toBe(false);
});
test('a list offers the counties of the roles it is for', () => {
  expect(reached(rights, ['officer'], counties).map((one) => one.county)).toEqual(['610423']);
  expect(reached(rights, ['viewer'], counties)).toEqual(counties);
  expect(reached(rights, ['checker'], counties)).toEqual([]);
});
test('a number is a link where its list shows all that it counts', () => {
  expect(seesAll(rights, ['officer'], { is_city: true, counties: [] })).toBe(false);
  expect(seesAll(rights, ['officer'], { is_city: false, counties: ['610423'] })).toBe(true);
  expect(seesAll(rights, ['viewer'], { is_city: true, counties: [] })).toBe(true);
});
