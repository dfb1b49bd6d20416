// The page's words: every text stands in words/zh.json and words/en.json under the same key.
import { ref } from 'vue';

export type Language = 'zh' | 'en';
type Words = Record<string, string>;
const load: Record<Language, () => Promise<{ default: Words }>> = { zh: () => import('./words/zh.json'), en: () => import('./words/en.json') };

export const language = ref<Language>('zh');
const words = ref<Words>({});

export async function speak(to: Language): Promise<void> {
  words.value = (await load[to]()).default;
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
/// Why a call was not answered as it should be.
export function saidOf(problem: { status: number; code: string }): string {
  return has('problem.' + problem.code) ? w('problem.' + problem.code) : w('problem.other', { status: problem.status, code: problem.code });
}
/// Of what the hub says in both languages.
export function said(both: { zh: string; en: string } | undefined): string {
  return both ? both[language.value] : '';
}
