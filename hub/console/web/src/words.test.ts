// Every text of the pages is in both languages, with the same places to fill in, and none is left over.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { outcomes } from './figures';
import { navigation } from './navigation';
import baseEn from './words/en.json';
import casesEn from './words/more/cases.en.json';
import casesZh from './words/more/cases.zh.json';
import manageEn from './words/more/manage.en.json';
import manageZh from './words/more/manage.zh.json';
import policyEn from './words/more/policy.en.json';
import policyZh from './words/more/policy.zh.json';
import baseZh from './words/zh.json';

const en = { ...baseEn, ...casesEn, ...manageEn, ...policyEn };
const zh = { ...baseZh, ...casesZh, ...manageZh, ...policyZh };

const folder = path.dirname(new URL(import.meta.url).pathname);
const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(vue|ts)$/.test(name) && !name.includes('.test.'));
const text = files.map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('\n');
const places = (words: string) => (words.match(/\{\w+\}/g) ?? []).sort();

test('no key stands twice', () => {
  for (const all of [[baseZh, casesZh, manageZh, policyZh], [baseEn, casesEn, manageEn, policyEn]]) expect(new Set(all.flatMap((one) => Object.keys(one))).size).toBe(all.reduce((sum, one) => sum + Object.keys(one).length, 0));
});
test('both languages have the same keys with the same places', () => {
  expect(Object.keys(en)).toEqual(Object.keys(zh));
  for (const [key, words] of Object.entries(zh)) expect([key, places((en as Record<string, string>)[key] ?? '')]).toEqual([key, places(words)]);
});
test('every key that a page names has words', () => {
  for (const [, key] of text.matchAll(/\bw\('([^']+)'[,)]/g)) expect(zh, key).toHaveProperty([key!]);
  for (const one of outcomes) expect(zh).toHaveProperty(['outcome.' + one]);
  for (const group of navigation) for (const place of group.places) expect(zh).toHaveProperty(['page.' + place.name]);
});
test('no words are left over', () => {
  const built = ['page.', 'outcome.', 'word.', 'role.', 'grade.', 'action.', 'problem.', 'password.', 'personal.', 'county.', 'map.step.', 'certainty.', 'reveal.code.', 'search.', 'group.', 'nav.', 'receipt.', 'audit.', 'alarm.', 'policy.', 'filter.view.', 'case.state.', 'case.due.', 'case.source.', 'case.action.', 'case.do.', 'case.step.', 'department.'];
  for (const key of Object.keys(zh)) if (!built.some((one) => key.startsWith(one))) expect(text, key).toContain(`'${key}'`);
});
