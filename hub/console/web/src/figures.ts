// Figures of counties as the hub gives them, and the order and words in which they are shown.
export const outcomes = ['closed_repaired', 'closed_unrepaired', 'passed_elsewhere', 'in_time', 'non_return_not_repaired', 'non_return_not_retested', 'waived', 'scrapped', 'transferred_out'] as const;
export type Outcome = (typeof outcomes)[number];
/// 已合格, 还在期限内, 逾期未返, 其他了结
export const groups: { name: string; of: Outcome[] }[] = [
  { name: 'group.passed', of: ['closed_repaired', 'closed_unrepaired', 'passed_elsewhere'] },
  { name: 'group.in_time', of: ['in_time'] },
  { name: 'group.missing', of: ['non_return_not_repaired', 'non_return_not_retested'] },
  { name: 'group.other', of: ['waived', 'scrapped', 'transferred_out'] },
];
export type Word = 'no_data' | 'zero' | 'low' | 'few' | 'not_low';

export interface Figures extends Record<Outcome, number> {
  failed: number; repaired: number; repair_rate: number | null; repair_rate_low: number | null; repair_rate_high: number | null;
  retested: number; closed: number; loop_rate: number | null; first_retest_pass_rate: number | null; first_retest_passed: number;
  median_days_to_repair: number | null; median_days_to_close: number | null; non_returns: number; suspects: number; word: Word;
}
export interface CountyFigures extends Figures { county: string; name: { zh: string; en: string }; target: number; tile?: [number, number] }
export interface Head { from: string; to: string; as_of: string; view: 'station' | 'registered'; position: string; watched_to: string }
export interface Overview extends Head {
  target: number; repair_days: number; all: Figures; counties: CountyFigures[]; open_flags: number; scope: { is_city: boolean; counties: string[] };
}

const rank: Record<Word, number> = { zero: 0, low: 1, few: 1, not_low: 1, no_data: 2 };
/// Those at zero first, then by the upper end of the interval, those without data last.
export function ranked(counties: CountyFigures[]): CountyFigures[] {
  return [...counties].sort((a, b) => rank[a.word] - rank[b.word] || (a.repair_rate_high ?? 2) - (b.repair_rate_high ?? 2) || a.county.localeCompare(b.county));
}
/// Step of the shade of a tile, 0 met to 5: points that lack to the target.
export function shortfall(rate: number | null, target: number): number {
  if (rate === null) return -1;
  const points = (target - rate) * 100;
  return points <= 1e-9 ? 0 : points < 5 ? 1 : points < 15 ? 2 : points < 30 ? 3 : points < 60 ? 4 : 5;
}
/// How many more have to enter repair to reach the target.
export function lacking(f: Figures, target: number): number {
  return Math.max(0, Math.ceil(target * f.failed - 1e-9) - f.repaired);
}
