// What a policy's members are called, and a change of them as the hub takes it.
import { percent } from './format';
import { countyName } from './places';
import { w } from './words';

export interface Own { repair_days?: number; retest_days?: number; repair_rate_target?: number }
export interface PolicyWords extends Own { hold_minutes?: number; counties?: Record<string, Own | null> }
export const members = ['repair_days', 'retest_days', 'repair_rate_target', 'hold_minutes'] as const;
export type Member = (typeof members)[number];

/// `counties.610404` is a county's own, `rules.R03` a rule's.
export function memberName(member: string): string {
  const [head = '', of] = member.split('.');
  return of ? `${w('policy.' + head)} ${head === 'counties' ? countyName(of) : of}` : w('policy.' + head);
}
function plain(name: string, value: unknown): string {
  if (name === 'repair_rate_target' && typeof value === 'number') return percent(value) + '%';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
/// A value as the hub writes it, JSON; of an object each member with its name.
export function valueWords(member: string, text: string): string {
  if (text === '') return '–';
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return value.length ? value.join(' ') : '–';
  if (value === null) return '–';
  if (typeof value !== 'object') return plain(member, value);
  const own = Object.entries(value);
  return own.length ? own.map(([name, one]) => `${members.includes(name as Member) ? w('policy.' + name) : name} ${plain(name, one)}`).join('；') : '–';
}
/// Rows of one proposal together, in the order they came.
export function byId<T extends { id: string }>(rows: T[]): [id: string, rows: T[]][] {
  const out = new Map<string, T[]>();
  for (const one of rows) out.set(one.id, [...(out.get(one.id) ?? []), one]);
  return [...out];
}
/// What a line says, each member's values by themselves; a county that is only named is left out.
export function leaves(words: string): [member: string, text: string][] {
  return Object.entries(JSON.parse(words) as Record<string, unknown>).flatMap(([name, value]): [string, string][] => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[name, JSON.stringify(value)]];
    return Object.entries(value).map(([inner, one]): [string, string] => [`${name}.${inner}`, JSON.stringify(one)]).filter(([, text]) => text !== '{}');
  });
}
/// Deadlines, targets and holds first, then what has a value of its own; a county without is left out.
export function worthReading<T extends { member: string; value: string }>(rows: T[]): T[] {
  const place = (row: T) => { const at = members.indexOf(row.member as Member); return at < 0 ? members.length : at; };
  return rows.filter((row) => !row.member.startsWith('counties.') || valueWords(row.member, row.value) !== '–').sort((a, b) => place(a) - place(b));
}
/// In force for the city, or for a county where it has its own.
export function inForce(words: PolicyWords, county: string, member: Member): string {
  const own = member === 'hold_minutes' ? undefined : words.counties?.[county]?.[member];
  const value = own ?? words[member];
  return value === undefined ? w('policy.built_in') : plain(member, value);
}
/// What was filled in, by the hub's names; a target is typed in per cent. Nothing in it where nothing was.
export function changes(county: string, typed: Partial<Record<Member, string | number>>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const member of members) {
    const text = String(typed[member] ?? '').trim();
    if (text === '' || (county && member === 'hold_minutes')) continue;
    const value = member === 'repair_rate_target' ? Math.round(Number(text) * 10) / 1000 : Number(text);
    out[county ? `counties.${county}.${member}` : member] = value;
  }
  return out;
}
