// A call that writes: whether it is on its way, and what kept it from being written, in words.
import { ref } from 'vue';
import { Problem } from './api';
import { saidOf } from './words';

export function useWriting() {
  const wrong = ref(''), busy = ref(false);
  /// Gives the problem where there was one.
  async function write(work: () => Promise<void>): Promise<Problem | undefined> {
    let problem: Problem | undefined;
    busy.value = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem) problem = error;
    }
    if (problem) wrong.value = saidOf(problem);
    busy.value = false;
    return problem;
  }
  return { wrong, busy, write };
}
