// Pictures of the console for README.md, taken of a hub that serves the demo's year.
//   node gallery.mjs CONSOLE ACCOUNTS FOLDER     ACCOUNTS: as console_accounts.py prints them; uses up a recovery code
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { browser, settled } from './programs.mjs';

const [console_, accounts, folder] = process.argv.slice(2);
const period = '?from=2025-01-01&to=2025-12-31&as_of=2025-12-31';
const bytesMax = 150_000;

const person = JSON.parse(fs.readFileSync(accounts, 'utf8')).find((one) => one.account === 'weilan');
const chrome = await browser();
try {
  const page = await chrome.newPage({ viewport: { width: 1366, height: 820 }, locale: 'zh-CN' });
  const take = async (name, to, shown) => {
    await page.goto(console_ + to);
    await page.locator(shown).first().waitFor();
    await settled(page);
    const file = path.join(folder, name + '.jpg');
    const picture = await page.screenshot({ type: 'jpeg', quality: 64, animations: 'disabled' });
    assert.ok(picture.length <= bytesMax, `${file}: ${picture.length} bytes, ${bytesMax} at most`);
    fs.writeFileSync(file, picture);
    process.stdout.write(`  ${file}  ${Math.ceil(picture.length / 1000)} KB\n`);
  };
  await page.goto(console_);
  await page.fill('input[name=account]', person.account);
  await page.fill('input[name=password]', person.password);
  await page.fill('input[name=otp]', person.recovery_codes.pop());
  await page.locator('form:has(input[name=otp]) button.main').click();
  await page.locator('header.bar').waitFor();

  fs.mkdirSync(folder, { recursive: true });
  await take('overview', '/' + period, '#ranking tbody th a');
  const worst = await page.locator('#ranking tbody th a').first().getAttribute('href');
  await take('county', worst, '.kpis');
  await take('non-returns', '/non-returns' + period, 'tbody th a');
  await take('suspects', '/suspects', 'tbody th a');
  const copied = page.locator('tbody tr', { hasText: 'V02' }).locator('th a');
  const suspect = (await copied.count()) > 0 ? copied.first() : page.locator('tbody th a').first();
  await take('suspect', await suspect.getAttribute('href'), 'h1');
} finally {
  await chrome.close();
}
