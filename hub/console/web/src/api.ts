// The hub's calls. A problem is thrown as one; the session that is over is told to whoever shows the dialog.
import { shallowRef } from 'vue';

export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly body: Record<string, unknown>) {
    super(code);
  }
}
export interface County { county: string; zh: string; en: string }
export interface Me {
  account: string; name: string; roles: { role: string; counties: string[] }[]; personal: 'none' | 'reason' | 'logged'; counties: County[];
  second_factor: boolean; recovery_codes_left: number; admins_missing: string[]; csrf: string; hub: string; today: string;
}
/// Who is signed in; null: nobody, undefined: not yet known.
export const me = shallowRef<Me | null | undefined>(undefined);
/// The session of who was signed in is over: the page stays as it was until someone signs in.
export const isOver = shallowRef(false);

interface More { body?: unknown; match?: string; signal?: AbortSignal }

export async function call<T>(method: string, path: string, more: More = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (more.body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && me.value) headers['X-CSRF'] = me.value.csrf;
  if (more.match !== undefined) headers['If-Match'] = more.match;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (more.body !== undefined) init.body = JSON.stringify(more.body);
  if (more.signal) init.signal = more.signal;
  let answer: Response, body: unknown;
  try {
    answer = await fetch('/api/v1' + path, init);
    body = await answer.json().catch((error: unknown) => {
      if (answer.ok) throw error;
      return {};
    });
  } catch (error) {
    if (more.signal?.aborted) throw error;
    throw new Problem(0, 'not_reached', {});
  }
  if (answer.ok) return body as T;
  const problem = body as Record<string, unknown>;
  if (answer.status === 401 && problem.code === 'session_over' && me.value) isOver.value = true;
  throw new Problem(answer.status, String(problem.code ?? answer.status), problem);
}
export const get = <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, signal ? { signal } : {});
export const post = <T>(path: string, body: unknown = {}, match?: string) => call<T>('POST', path, match === undefined ? { body } : { body, match });

/// Throws where the hub does not say.
export async function whoAmI(): Promise<void> {
  try {
    me.value = await get<Me>('/me');
    isOver.value = false;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    me.value = null;
  }
}
export function may(...roles: string[]): boolean {
  return !!me.value && me.value.roles.some((one) => roles.includes(one.role));
}
