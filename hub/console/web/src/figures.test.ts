import { expect, test } from 'vitest';
import { lacking, ranked, shortfall, type CountyFigures, type Figures } from './figures';
import { count, digest, interval, moment, percent, rate, shares } from './format';
import { read, written } from './filter';
import { filled } from './words';

const county = (code: string, word: string, high: number | null) => ({ county: code, word, repair_rate_high: high }) as CountyFigures;

test('zero first, then by the upper end of the interval, without data last', () => {
  const order = ranked([county('d', 'not_low', 0.9), county('e', 'no_data', null), county('b', 'low', 0.6), county('a', 'zero', 0.07), county('c', 'few', 0.8)]);
  expect(order.map((one) => one.county).join('')).toBe('abcde');
});
test('the shade says how far the rate is from the target', () => {
  expect([0.9, 0.8501, 0.85, 0.75, 0.6, 0.3, 0].map((one) => shortfall(one, 0.9))).toEqual([0, 1, 2, 3, 4, 5, 5]);
  expect(shortfall(null, 0.9)).toBe(-1);
});
test('what lacks to the target is whole vehicles, none where it is met', () => {
  expect(lacking({ failed: 254, repaired: 207 } as Figures, 0.9)).toBe(22);
  expect(lacking({ failed: 10, repaired: 9 } as Figures, 0.9)).toBe(0);
  expect(lacking({ failed: 10, repaired: 10 } as Figures, 0.9)).toBe(0);
});
test('shares sum to 100.0 by largest remainder', () => {
  expect(shares([1, 1, 1])).toEqual([334, 333, 333]);
  expect(shares([0, 0])).toEqual([0, 0]);
  for (let n = 1; n < 60; n += 7) expect(shares([n, 13, 29, 2 * n, 1, 0, 3]).reduce((a, b) => a + b, 0)).toBe(1000);
});
test('numbers and days as people read them', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect(count(-1234)).toBe('-1,234');
  expect(percent(0.8113)).toBe('81.1');
  expect(rate(null)).toBe('–');
  expect(rate(0)).toBe('0.0%');
  expect(interval(0.798, 0.824)).toBe('79.8–82.4');
  expect(moment('2026-11-24T08:30:00+08:00')).toBe('2026-11-24 08:30');
  expect(moment('2026-11-24')).toBe('2026-11-24');
  expect(digest('7c1e93ab00')).toBe('7c1e 93ab');
});
test('a filter goes to the address and back; what is not known is told apart', () => {
  const { filter, unknown } = read({ county: '610423', kind: '', plate: 'x', from: ['a', 'b'] }, ['county', 'kind', 'from']);
  expect(filter).toEqual({ county: '610423' });
  expect(unknown).toEqual(['plate']);
  expect(written({ to: '2026-01-31', county: '610423', kind: '' })).toBe('?county=610423&to=2026-01-31');
  expect(written({})).toBe('');
});
test('places in a text are filled in, unknown ones stay', () => {
  expect(filled('{n} of {m}, {x}', { n: 1, m: 'two' })).toBe('1 of two, {x}');
});
