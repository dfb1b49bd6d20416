// A case of the ledger as the hub gives it, and what a form of it is sent as.
import { said, w } from './words';

export interface Listed {
  case_no: string; county: string; state: string; due: string; days_left: number | null; deadline: string; problem: string; goal: string;
  person: string; lead_unit: string; joint: { zh: string; en: string }; acceptance_unit: string; source: string; about: string; opened_at: string; submitted_on: string | null;
}
export interface Officer { account: string; name: string; unit: string }
export interface Evidence { record_id?: string; flag_id?: string; name?: string; sha256?: string; bytes?: number }
export interface Step { record_id: string; at: string; action: string; officer_id: string; unit: string; text: string; person: string; deadline: string | null; evidence: Evidence[]; to_department?: string; step?: string; without_effect?: string }
export interface Possible { action: string; step?: string; to_department?: string; why?: { code: string; zh: string; en: string } }
export interface Whole extends Listed {
  from: string | null; to: string | null; measures: string[]; mark: string; hand_overs: { department: string; step: string; at: string }[]; steps: Step[]; possible: Possible[];
}
export interface Counts { overdue: number; soon: number; states: Record<string, number> }
export interface Cases { items: Listed[]; total: number; next: string | null; counts: Counts }

export const states = ['open', 'rectifying', 'submitted', 'accepted', 'published', 'closed'];
export const sources = ['flag_id', 'county', 'complaint_no', 'draw_id', 'hand'];
export const units = ['ecology', 'police', 'transport', 'market_regulation'];

/// Shapes that other words have already: the state's, and the deadline's.
export const stateLook = (state: string) => ({ open: 'open', rectifying: 'ask', submitted: 'referred', accepted: 'ok', published: 'ok' })[state] ?? 'ended';
export const dueLook = (due: string) => ({ escalated: 'overdue', overdue: 'overdue', today: 'overdue_week', soon: 'overdue_week', late: 'overdue_week', in_time: 'ok' })[due] ?? 'ask';

export function dueWords(one: Pick<Listed, 'due' | 'days_left'>): string {
  return w('case.due.' + one.due, { n: Math.abs(one.days_left ?? 0) });
}
/// A step of a hand-over is named with its department.
export function possibleWords(one: Possible): string {
  const words = w('case.do.' + one.action);
  if (!one.step || !one.to_department) return words;
  return `${w('department.' + one.to_department)} ${w('case.step.' + one.step)}`;
}
export const keyOf = (one: Possible) => [one.action, one.step ?? '', one.to_department ?? ''].join(' ');
export const whyNot = (one: Possible) => said(one.why);

/// Lines that say something.
export const lines = (text: string) => text.split('\n').map((one) => one.trim()).filter((one) => one !== '');
/// `V02-1f2e…` is a flag, anything else a record.
export function named(text: string): Evidence[] {
  return lines(text).map((one) => (/^[A-Z]\d\d-/.test(one) ? { flag_id: one } : { record_id: one }));
}
/// Name, size and digest; the file itself stays where it is.
export async function digested(files: Iterable<File>): Promise<Evidence[]> {
  const out: Evidence[] = [];
  for (const file of files) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    out.push({ name: file.name, bytes: file.size, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') });
  }
  return out;
}
