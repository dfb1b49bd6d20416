import { afterEach, expect, test, vi } from 'vitest';
import { me, Problem, whoAmI } from './api';
import { saidOf, speak } from './words';

const answers = (status: number, body: unknown) => vi.stubGlobal('fetch', () => Promise.resolve({ ok: status < 400, status, json: () => Promise.resolve(body) }));
afterEach(() => vi.unstubAllGlobals());

test('only a hub that says so makes nobody of somebody', async () => {
  answers(200, { account: 'zhaomin', roles: [] });
  await whoAmI();
  expect(me.value?.account).toBe('zhaomin');
  answers(503, { code: 'busy' });
  await expect(whoAmI()).rejects.toMatchObject({ status: 503, code: 'busy' });
  expect(me.value?.account).toBe('zhaomin');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  await expect(whoAmI()).rejects.toBeInstanceOf(Problem);
  expect(me.value?.account).toBe('zhaomin');
  answers(401, { code: 'session_over' });
  await whoAmI();
  expect(me.value).toBe(null);
});
test('what went wrong is said, also where there are no words for it', async () => {
  await speak('en');
  expect(saidOf(new Problem(503, 'busy', {}))).toBe('The hub is busy; try again.');
  expect(saidOf(new Problem(418, 'teapot', {}))).toBe('Could not load. The hub answered 418 teapot.');
});
