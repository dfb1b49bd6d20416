// The page's words: every text stands in words/zh.json and words/en.json under the same key; those of pages that are not
// for everybody in words/more, read with the page.
import { ref } from 'vue';

export type Language = 'zh' | 'en';
type Words = Record<string, string>;
type Load = Record<Language, () => Promise<{ default: Words }>>;
const load: Load = { zh: () => import('./words/zh.json'), en: () => import('./words/en.json') };
const more = {
  cases: { zh: () => import('./words/more/cases.zh.json'), en: () => import('./words/more/cases.en.json') },
  manage: { zh: () => import('./words/more/manage.zh.json'), en: () => import('./words/more/manage.en.json') },
  policy: { zh: () => import('./words/more/policy.zh.json'), en: () => import('./words/more/policy.en.json') },
} satisfies Record<string, Load>;
export type More = keyof typeof more;

export const language = ref<Language>('zh');
const words = ref<Words>({});
const spoken = new Set<More>();

async function wordsOf(to: Language): Promise<Words> {
  const all = await Promise.all([load[to](), ...[...spoken].map((part) => more[part][to]())]);
  return Object.assign({}, ...all.map((one) => one.default)) as Words;
}
/// What a page needs beside the words for everybody; gives the page.
export async function withWords<T>(part: More, page: Promise<T>): Promise<T> {
  spoken.add(part);
  words.value = await wordsOf(language.value);
  return page;
}

export async function speak(to: Language): Promise<void> {
  words.value = await wordsOf(to);
  language.value = to;
  document.documentElement.lang = to;
  localStorage.setItem('language', to);
}
export function preferred(): Language {
  return localStorage.getItem('language') === 'en' ? 'en' : 'zh';
}

export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
/// The words of a key, `{name}` filled in; the key itself where there are none.
export function w(key: string, values: Record<string, string | number> = {}): string {
  return filled(words.value[key] ?? key, values);
}
function has(key: string): boolean {
  return key in words.value;
}
/// Why a call was not answered as it should be: in the page's words, else in the hub's.
export function saidOf(problem: { status: number; code: string; body?: Record<string, unknown> }): string {
  if (has('problem.' + problem.code)) return w('problem.' + problem.code);
  const own = problem.body?.[language.value];
  return typeof own === 'string' && own !== '' ? own : w('problem.other', { status: problem.status, code: problem.code });
}
/// Of what the hub says in both languages.
export function said(both: { zh: string; en: string } | undefined): string {
  return both ? both[language.value] : '';
}
