// Numbers and days as people read them.
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}
/// One decimal, without the sign of per cent.
export function percent(share: number): string {
  return (Math.round(share * 1000) / 10).toFixed(1);
}
export function rate(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : percent(share) + '%';
}
export function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? '–' : `${percent(low)}–${percent(high)}`;
}
/// `2026-11-24T08:30:00+08:00` as `2026-11-24 08:30`; a day stays one.
export function moment(text: string): string {
  return text.length > 10 ? text.slice(0, 10) + ' ' + text.slice(11, 16) : text;
}
export function clock(text: string): string {
  return text.slice(11, 16);
}
/// First eight hex digits in two groups.
export function digest(hex: string): string {
  return hex.slice(0, 4) + ' ' + hex.slice(4, 8);
}
/// Shares in tenths of a per cent that sum to exactly 1000 by largest remainder (ties: the earlier).
export function shares(counts: number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  if (sum === 0) return counts.map(() => 0);
  const exact = counts.map((n) => (n * 1000) / sum);
  const out = exact.map(Math.floor);
  const order = exact.map((x, i) => ({ i, rest: x - Math.floor(x) })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = 1000 - out.reduce((a, b) => a + b, 0);
  for (const { i } of order) {
    if (left-- <= 0) break;
    out[i] = (out[i] ?? 0) + 1;
  }
  return out;
}
