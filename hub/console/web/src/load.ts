// Reads an address of the hub and again when it changes. What was read stays while the next is on its way; an answer
// that comes late, behind a newer question, is dropped.
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { get, Problem } from './api';

export function useLoad<T>(path: () => string | null) {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(false);
  let last: AbortController | null = null;
  async function again(): Promise<void> {
    last?.abort();
    const to = path();
    if (to === null) return;
    const mine = (last = new AbortController());
    loading.value = true;
    try {
      const read = await get<T>(to, mine.signal);
      if (last !== mine) return;
      data.value = read;
      problem.value = null;
    } catch (error) {
      if (last !== mine || mine.signal.aborted) return;
      problem.value = error instanceof Problem ? error : new Problem(0, 'not_read', {});
    }
    loading.value = false;
  }
  watch(path, again, { immediate: true });
  onScopeDispose(() => last?.abort());
  return { data, problem, loading, again };
}
