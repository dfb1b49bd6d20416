import { afterEach, expect, test, vi } from 'vitest';
import { get, me, Problem, whoAmI } from './api';
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
test('an answer that breaks off is none; a problem without words is one all the same', async () => {
  const broken = (status: number) => vi.stubGlobal('fetch', () => Promise.resolve({ ok: status < 400, status, json: () => Promise.reject(new TypeError('network error')) }));
  broken(200);
  await expect(get('/cases/2026-610402-0001')).rejects.toMatchObject({ status: 0, code: 'not_reached' });
  broken(502);
  await expect(get('/cases/2026-610402-0001')).rejects.toMatchObject({ status: 502, code: '502' });
});
test('what went wrong is said, also where there are no words for it', async () => {
  await speak('en');
  expect(saidOf(new Problem(503, 'busy', {}))).toBe('The hub is busy; try again.');
  expect(saidOf(new Problem(418, 'teapot', {}))).toBe('Could not load. The hub answered 418 teapot.');
});
