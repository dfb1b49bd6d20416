// A page's filter stands in its address: ids and days only, what is left at its default left out.
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export type Query = Record<string, string>;

/// Known keys with a value; the unknown ones apart.
export function read(query: Record<string, unknown>, known: readonly string[]): { filter: Query; unknown: string[] } {
  const filter: Query = {};
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (!known.includes(key)) unknown.push(key);
    else if (typeof value === 'string' && value !== '') filter[key] = value;
  }
  return { filter, unknown };
}
/// As a query string, keys in order; empty where there is nothing in it.
export function written(filter: Query): string {
  const keys = Object.keys(filter).filter((key) => filter[key] !== '' && filter[key] !== undefined).sort();
  return keys.length ? '?' + keys.map((key) => `${key}=${encodeURIComponent(filter[key] ?? '')}`).join('&') : '';
}

export const period = ['from', 'to', 'as_of', 'view'] as const;

export function useFilter(...keys: string[]) {
  const route = useRoute();
  const router = useRouter();
  const known = [...period, ...keys];
  const now = computed(() => read(route.query, known));
  const filter = computed(() => now.value.filter);
  const unknown = computed(() => now.value.unknown);
  /// Replaces the history's entry; another filter begins at the first page.
  function set(changes: Query): void {
    const next: Query = { ...filter.value };
    if (!('cursor' in changes)) delete next.cursor;
    for (const [key, value] of Object.entries(changes)) {
      if (value === '') delete next[key];
      else next[key] = value;
    }
    void router.replace({ query: next });
  }
  function reset(): void {
    void router.replace({ query: {} });
  }
  /// The same period for another page, with more.
  function to(path: string, more: Query = {}): { path: string; query: Query } {
    const query: Query = {};
    for (const key of period) if (filter.value[key]) query[key] = filter.value[key] as string;
    return { path, query: { ...query, ...more } };
  }
  const query = computed(() => written(filter.value));
  return { filter, unknown, query, set, reset, to };
}
