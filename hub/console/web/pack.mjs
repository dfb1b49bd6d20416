// Gzips what was built, once and as small as it gets, says what the first load costs, and holds it to its budget.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const budget = 60 * 1024;
const manifest = JSON.parse(fs.readFileSync('dist/manifest.json', 'utf8'));
fs.rmSync('dist/manifest.json');

const sizes = new Map();
for (const name of fs.readdirSync('dist', { recursive: true })) {
  const file = path.join('dist', name);
  if (fs.statSync(file).isDirectory()) continue;
  const packed = gzipSync(fs.readFileSync(file), { level: 9 });
  fs.writeFileSync(file + '.gz', packed);
  fs.rmSync(file);
  sizes.set(name, packed.length);
}

// The first load: the page, what it imports, the overview and one language.
const first = new Set(['index.html']);
function load(key) {
  const chunk = manifest[key];
  if (first.has(chunk.file)) return;
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) first.add(file);
  for (const imported of chunk.imports ?? []) load(imported);
}
for (const key of ['index.html', 'src/pages/Overview.vue', 'src/words/zh.json']) load(key);
const sum = (names) => [...names].reduce((all, name) => all + sizes.get(name), 0);
const spent = sum(first);
console.log(`console: first load ${(spent / 1024).toFixed(1)} KB of ${budget / 1024}, all pages ${(sum(sizes.keys()) / 1024).toFixed(1)} KB, gzip`);
if (spent > budget) {
  console.error(`the first load is over its budget: ${spent} of ${budget} bytes`);
  process.exit(1);
}
