import { expect, test } from 'vitest';
import { home, navigationOf } from './navigation';

const pages = (...roles: string[]) => navigationOf(roles).flatMap((group) => group.places.map((place) => place.name));

test('a role finds its pages and no others', () => {
  expect(pages('viewer')).toEqual(['overview', 'counties', 'stations', 'policy']);
  expect(pages('officer')).toEqual(['overview', 'counties', 'stations', 'non_returns', 'suspects', 'holds', 'alarms', 'cases', 'vehicles', 'policy']);
  expect(pages('checker')).toEqual(['overview', 'counties', 'stations', 'suspects', 'holds', 'alarms', 'cases', 'policy']);
  expect(pages('system_admin')).toEqual(['system', 'accounts']);
  expect(pages('security_admin')).toEqual(['accounts']);
  expect(pages('auditor')).toEqual(['audit']);
  expect(pages()).toEqual([]);
});
test('everybody begins where there is something to do', () => {
  expect(home(['officer'])).toBe('/');
  expect(home(['auditor'])).toBe('/audit');
  expect(home([])).toBe('/me');
});
