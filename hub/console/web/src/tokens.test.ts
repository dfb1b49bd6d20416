// Contrast of the tokens (WCAG 2.2): text at least 4.5 on its ground, borders of controls at least 3 on paper and shade.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const css = fs.readFileSync(path.resolve('src/style.css'), 'utf8');
const token = (name: string) => {
  const hex = new RegExp(`--${name}: #([0-9a-f]{3,6});`).exec(css)![1]!;
  const whole = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex;
  return [0, 2, 4].map((at) => parseInt(whole.slice(at, at + 2), 16) / 255);
};
const light = (name: string) => {
  const [r, g, b] = token(name).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string) => {
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
  return (bright! + 0.05) / (dark! + 0.05);
};
test('text stands out from every ground it stands on', () => {
  for (const text of ['ink', 'ink-2', 'ink-3', 'accent', 'good', 'warn', 'bad', 'none']) for (const ground of ['paper', 'shade']) expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  for (const state of ['accent', 'good', 'warn', 'bad', 'none']) expect(contrast(state, state + '-weak'), state).toBeGreaterThanOrEqual(4.5);
  for (const step of [0, 1, 2, 3]) expect(contrast('ink', 'short-' + step)).toBeGreaterThanOrEqual(4.5);
  for (const step of [4, 5]) expect(contrast('paper', 'short-' + step)).toBeGreaterThanOrEqual(4.5);
});
test('borders of controls are seen', () => {
  for (const ground of ['paper', 'shade']) expect(contrast('line-2', ground)).toBeGreaterThanOrEqual(3);
});
