import { expect, test } from 'vitest';
import { byId, changes, inForce, leaves, valueWords, worthReading } from './policy';

test('a change names what was filled in, a target in per cent', () => {
  expect(changes('', {})).toEqual({});
  expect(changes('', { repair_days: '20', repair_rate_target: '85', retest_days: ' ' })).toEqual({ repair_days: 20, repair_rate_target: 0.85 });
  expect(changes('', { repair_rate_target: '83.3' })).toEqual({ repair_rate_target: 0.833 });
  expect(changes('610404', { retest_days: 9, hold_minutes: 5 })).toEqual({ 'counties.610404.retest_days': 9 });
});
test('a county has its own value where there is one', () => {
  const words = { repair_days: 30, repair_rate_target: 0.9, counties: { '610404': { repair_days: 12 }, '610402': null } };
  expect(inForce(words, '610404', 'repair_days')).toBe('12');
  expect(inForce(words, '610402', 'repair_days')).toBe('30');
  expect(inForce(words, '', 'repair_rate_target')).toBe('90.0%');
  expect(inForce(words, '', 'retest_days')).toBe('policy.built_in');
});
test('values read as people write them', () => {
  expect(valueWords('repair_rate_target', '0.85')).toBe('85.0%');
  expect(valueWords('watched_stations', '["I610404-01","I610428-02"]')).toBe('I610404-01 I610428-02');
  expect(valueWords('counties.610404', '{"repair_days":12}')).toBe('policy.repair_days 12');
  expect(valueWords('rules.R04', '{"enabled":false}')).toBe('enabled false');
  for (const nothing of ['', '{}', '[]', 'null']) expect(valueWords('counties.610404', nothing)).toBe('–');
  expect(valueWords('city', '"610400"')).toBe('610400');
});
test('rows of a proposal stand together, values of a line by themselves', () => {
  const row = (id: string, n: number) => ({ id, n });
  expect(byId([row('a', 1), row('b', 2), row('a', 3)])).toEqual([['a', [row('a', 1), row('a', 3)]], ['b', [row('b', 2)]]]);
  expect(leaves('{"repair_days":20,"counties":{"610404":{"retest_days":9},"610402":{},"610403":null},"watched_stations":[]}')).toEqual([
    ['repair_days', '20'], ['counties.610403', 'null'], ['counties.610404', '{"retest_days":9}'], ['watched_stations', '[]'],
  ]);
});
test('what is in force begins with deadlines; counties without a value of their own are left out', () => {
  const row = (member: string, value: string) => ({ member, value });
  expect(worthReading([row('city', '"610400"'), row('counties.610402', '{}'), row('counties.610404', '{"repair_days":12}'), row('retest_days', '15'), row('repair_days', '30')]).map((one) => one.member)).toEqual(['repair_days', 'retest_days', 'city', 'counties.610404']);
});
