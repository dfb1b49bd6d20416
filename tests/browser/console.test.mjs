// The bureau's console in a real browser, with a real hub and a made-up year: what officers do in a day, and what they
// may not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Programs, browser, failedTest, settled } from './programs.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const programs = new Programs();
const serving = ['--data', path.join(programs.dir, 'hub'), 'serve', '--admin-port', '0'];
const period = '?from=2025-01-01&to=2025-12-31&as_of=2025-12-31';
let chrome, hub, url, people, counties, zero;
let isDown = false;
const strange = [], errors = [];

/// A code of the authenticator (RFC 6238), for who has no recovery code left. Each half minute has one, once, and the next
/// one's is taken already: who needs more waits.
async function otp(person) {
  const now = () => Math.floor(Date.now() / 30000);
  const step = Math.max(now(), (person.step ?? 0) + 1);
  await until(() => step <= now() + 1);
  person.step = step;
  const bits = [...person.secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
/// A browser of one's own, signed in with a recovery code.
async function visit(account, width = 1366) {
  const context = await chrome.newContext({ viewport: { width, height: 768 } });
  const page = await context.newPage();
  page.on('request', (request) => { if (!request.url().startsWith(url + '/')) strange.push(request.url()); });
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && !(isDown && /net::ERR_/.test(message.text()))) errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(String(error)));
  if (account) {
    await page.goto(url);
    await enter(page, account);
    await page.locator('header.bar').waitFor();
  }
  return page;
}
async function enter(page, account) {
  const person = people.find((one) => one.account === account);
  await page.fill('input[name=account]', account);
  await page.fill('input[name=password]', person.password);
  await page.fill('input[name=otp]', person.recovery_codes.pop() ?? (await otp(person)));
  await page.locator('form:has(input[name=otp]) button.main').click();
}
async function clean(page, where) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', { expression: 'axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target).join(", "))))', awaitPromise: true });
  assert.deepEqual(JSON.parse(result.value), [], `axe at ${where}`);
}
async function fits(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${where} is ${wide} px too wide`);
}
/// Nobody tells, so it is asked.
async function until(holds) {
  while (!(await holds())) await pause(200);
}
const call = (page, target) => page.evaluate(async (to) => { const r = await fetch('/api/v1' + to); return { status: r.status, body: await r.json() }; }, target);

before(async () => {
  const year = path.join(programs.dir, 'year');
  programs.call('imloop_sim', '--out', year, '--tests', '2500', '--cheats', 'default', '--cheat-rate', '0.02');
  programs.hub('init');
  const { child, found } = await programs.start('hub', [...serving, '--port', '0', '--console', '127.0.0.1:0'], /https:\/\/127\.0\.0\.1:(\d+)[^]*console: (http:\/\/127\.0\.0\.1:\d+)/);
  hub = child;
  [, programs.port, url] = found;
  for (const s of JSON.parse(fs.readFileSync(path.join(year, 'stations.json'), 'utf8'))) programs.hub('station', 'add', s.id, '--name', s.name, '--county', s.county, '--valid-from', s.valid_from, '--public-key', path.join(year, 'keys', s.id + '.pub.pem'), ...(s.id === 'B610400-01' ? ['--writes-for', '610400'] : []));
  programs.hub('import', year);
  counties = JSON.parse(programs.hub('report', 'counties', '--from', '2025-01-01', '--to', '2025-12-31', '--as-of', '2025-12-31', '--json')).rows;
  zero = counties.filter((row) => row.zero && row.county !== 'all');
  const token = programs.hub('console', 'setup-link').trim().split('#')[1];
  people = JSON.parse(execFileSync('python3', [process.env.IMLOOP_CONSOLE_ACCOUNTS, url, token, zero[0]?.county ?? '610404'], { encoding: 'utf8' }));
  chrome = await browser();
});
after(async () => {
  await chrome?.close();
  await programs.close();
});

test('nobody sees anything before signing in; a wrong entry says how many tries are left', async () => {
  const page = await visit();
  await page.goto(url + '/non-returns');
  await page.getByRole('heading', { name: '登录' }).waitFor();
  await clean(page, 'sign-in');
  await page.fill('input[name=account]', 'nobody');
  await page.fill('input[name=password]', 'x');
  await page.locator('form button.main').click();
  await page.getByText('还可再试 4 次').waitFor();
  assert.equal((await call(page, '/overview')).status, 401);
  await enter(page, 'zhaomin');
  await page.waitForURL('**/non-returns');
  assert.deepEqual(await page.evaluate(() => document.cookie), '');
  await page.context().close();
});

test('the zero counties stand first on the overview, and its figures are those of the command line', async () => {
  const page = await visit('zhaomin');
  await page.goto(url + '/' + period);
  const first = page.locator('#ranking tbody tr').first();
  await first.waitFor();
  if (zero.length) {
    await first.getByText('为零').waitFor();
    for (const county of zero) assert.match(await page.locator('.lead').first().textContent(), new RegExp(county.name));
  }
  for (const row of counties.filter((one) => /^\d+$/.test(one.county) && one.failed > 0)) {
    const cells = await page.locator(`#ranking tr[data-county="${row.county}"] td.number`).allTextContents();
    assert.deepEqual([cells[0], cells[1]].map((text) => Number(text.replace(/,/g, ''))), [row.failed, row.repaired], row.name);
  }
  await clean(page, 'overview');
  await page.locator('#ranking tbody th a').first().click();
  await page.waitForURL('**/counties/*');
  await page.locator('.kpis').waitFor();
  assert.match(page.url(), /\/counties\/\d+\?from=2025-01-01/);
  await clean(page, 'county');
  await page.context().close();
});

test('a number opens its list; a vehicle in it is masked until a reason is given', async () => {
  const page = await visit('zhaomin');
  await page.goto(url + '/' + period);
  const link = page.locator('.kpis a').first();
  const shown = Number((await link.textContent()).replace(/,/g, ''));
  await link.click();
  await page.locator('.pager').waitFor();
  assert.match(await page.locator('.pager').textContent(), new RegExp(`共 ${String(shown).replace(/\B(?=(\d{3})+$)/g, ',')} 条`));
  await clean(page, 'non-returns');
  await page.locator('tbody th a').first().click();
  await page.getByRole('button', { name: '看完整号码…' }).waitFor();
  assert.match(await page.locator('h1').textContent(), /\*\*\*/);
  await clean(page, 'vehicle');
  await page.getByRole('button', { name: '看完整号码…' }).click();
  await page.fill('input[name=reveal-reason]', '通知车主去修');
  await page.locator('dialog button.main').click();
  await page.getByText('完整显示，已记入审计。').waitFor();
  const plate = (await page.locator('h1').textContent()).trim().split(' ')[0];
  assert.doesNotMatch(plate, /\*/);
  await page.goto(url + '/vehicles');
  await page.fill('input[name=text]', plate);
  await page.keyboard.press('Enter');
  await page.locator('main li a').waitFor();
  assert.doesNotMatch(page.url(), new RegExp(encodeURIComponent(plate)));
  await clean(page, 'search');
  await page.context().close();
});

test('a suspect record is opened, decided with a reason, and the decision is a line of the journal; who comes second is told', async () => {
  const page = await visit('zhaomin');
  const second = await visit('zhaomin');
  await page.goto(url + '/suspects');
  await page.locator('tbody th a').first().waitFor();
  await clean(page, 'suspects');
  await page.locator('tbody th a').first().click();
  await page.locator('.decide').waitFor();
  await clean(page, 'suspect');
  await second.goto(page.url());
  await second.locator('.decide').waitFor();
  await page.getByRole('button', { name: '记录决定' }).click();
  await page.getByText('请先选一项。').waitFor();
  await page.getByLabel('排除').check();
  await page.fill('#reason', '录像显示车辆和探头都在位，分析仪原始数据不同');
  await page.keyboard.press('Control+Enter');
  await page.getByText('决定已记录').waitFor();
  await page.getByText('zhaomin').first().waitFor();
  await second.getByLabel('确认可疑').check();
  await second.fill('#reason', '另一位同时在看这一条记录的人');
  await second.getByRole('button', { name: '记录决定' }).click();
  await second.getByText('别人已经处理').waitFor();
  assert.equal(await second.inputValue('#reason'), '另一位同时在看这一条记录的人');
  const flag = new URL(page.url()).pathname.split('/').pop();
  assert.match(programs.hub('suspects', 'show', flag, '--json'), /录像显示车辆和探头都在位/);
  for (const one of [page, second]) await one.context().close();
});

test('an officer of one county reaches nothing of another, by address or call, and each attempt is audited', async () => {
  const page = await visit('gaowen');
  const own = people.find((one) => one.account === 'gaowen').counties[0];
  const other = counties.find((row) => /^\d+$/.test(row.county) && row.county !== own && row.failed > 0).county;
  await page.goto(url + '/' + period);
  await page.locator('#ranking tbody tr').first().waitFor();
  assert.deepEqual(await page.locator('#ranking tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.county)), [own]);
  await page.goto(url + '/counties/' + other + period);
  await page.getByText('不在您的权限内').first().waitFor();
  await clean(page, 'out of scope');
  for (const target of [`/counties/${other}`, `/non-returns${period}&county=${other}`, `/flags?county=${other}`]) {
    const { status, body } = await call(page, target);
    assert.deepEqual([status, body.code], [403, 'out_of_scope'], target);
  }
  for (const target of ['/audit', '/accounts']) assert.equal((await call(page, target)).status, 403);
  const auditor = await visit('wujing');
  const refused = (await call(auditor, '/audit?who=gaowen&result=out_of_scope')).body.items;
  assert.ok(refused.length >= 4, `${refused.length} refusals`);
  await auditor.getByRole('button', { name: '核验全链' }).click();
  await auditor.getByText('首尾相接').waitFor();
  await clean(auditor, 'audit');
  for (const one of [page, auditor]) await one.context().close();
});

test('a list is exported with the rows that it says, and a spreadsheet reads it back', async () => {
  const page = await visit('weilan');
  for (const [at, name] of [['/non-returns', 'non-returns'], ['/counties', 'counties'], ['/stations', 'stations']]) {
    await page.goto(url + at + period);
    const links = page.locator('.export');
    await links.waitFor();
    const rows = Number((await links.textContent()).match(/[\d,]+/)[0].replace(/,/g, ''));
    const file = async (form) => {
      const [download] = await Promise.all([page.waitForEvent('download'), links.locator('a', { hasText: form }).click()]);
      assert.match(download.suggestedFilename(), new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.${form.toLowerCase()}$`));
      return fs.readFileSync(await download.path());
    };
    assert.equal((await file('XLSX')).subarray(0, 2).toString(), 'PK');
    assert.equal((await file('PDF')).subarray(0, 5).toString(), '%PDF-');
    const lines = (await file('CSV')).toString('utf8').split('\r\n');
    assert.equal(lines.indexOf(''), rows + 1, name);
    assert.match(lines[rows + 2], new RegExp(`行数,${rows}$`));
  }
  await page.context().close();
});

test('a station has a page of its own, whose numbers open its lists', async () => {
  const page = await visit('weilan');
  await page.goto(url + '/suspects?state=all');
  const station = (await page.locator('tbody tr td small').filter({ hasText: /^I6/ }).first().textContent()).trim();
  await page.goto(url + '/stations/' + station + period);
  await page.locator('.kpis').waitFor();
  await page.locator('section table').first().waitFor();
  await clean(page, 'station');
  const all = page.locator('section a', { hasText: /^全部/ }).first();
  const shown = (await all.textContent()).match(/[\d,]+/)[0];
  await all.click();
  await page.locator('.pager').waitFor();
  assert.match(await page.locator('.pager').textContent(), new RegExp(`共 ${shown} 条`));
  await page.setViewportSize({ width: 390, height: 768 });
  await page.goto(url + '/stations/' + station + period);
  await page.locator('.kpis').waitFor();
  await settled(page);
  await fits(page, 'a station at 390');
  await page.context().close();
});

test('one person proposes a change of the policy, another confirms it, and the command line says the same', async () => {
  const page = await visit('mengjia'), second = await visit('suyun');
  await page.goto(url + '/policy');
  await page.fill('input[name=repair_days]', '20');
  await page.fill('input[name=repair_rate_target]', '85');
  await page.getByRole('button', { name: '提议' }).click();
  await page.getByText('理由至少 10 个字').waitFor();
  await page.fill('textarea[name=reason]', '省厅通知：期限 20 天，目标 85%');
  await page.getByRole('button', { name: '提议' }).click();
  await page.getByText('已提议，等另一位批准').waitFor();
  await page.getByText('自己提的要由另一个人批准').waitFor();
  assert.equal(await page.getByRole('button', { name: '批准' }).count(), 0);
  await clean(page, 'policy, proposing');
  await second.goto(url + '/policy');
  await second.getByText('mengjia 提议').waitFor();
  await clean(second, 'policy, confirming');
  await second.getByRole('button', { name: '批准 2 项' }).click();
  await second.getByText('已写入日志').waitFor();
  await second.getByText('待生效').waitFor();
  const day = new Date(Date.now() + 32 * 3600 * 1000).toISOString().slice(0, 10); // tomorrow in China
  const said = JSON.parse(programs.hub('policy', 'show', '--on', day, '--json')).words;
  assert.deepEqual([said.repair_days, said.repair_rate_target], [20, 0.85]);
  for (const one of [page, second]) await one.context().close();
});

test('a case is opened from a suspect record, worked, not accepted by who worked it, closed by another, and hidden from other counties', async () => {
  const own = people.find((one) => one.account === 'gaowen').counties[0];
  const page = await visit('zhaomin'), acceptor = await visit('weilan'), other = await visit('gaowen');
  // A flag of another county than gaowen's.
  const flags = (await call(page, '/flags?state=all&limit=500')).body.items;
  const flag = flags.find((one) => one.county && one.county !== own && one.county !== '610400');
  await page.goto(url + '/suspects/' + flag.flag_id);
  await page.getByRole('link', { name: '立案…' }).click();
  await page.waitForURL('**/cases/new?flag=*');
  await page.waitForFunction(() => document.querySelector('textarea[name=problem]').value.length > 10);
  assert.equal(await page.inputValue('select[name=county]'), flag.county);
  await clean(page, 'a new case');
  await page.fill('textarea[name=measures]', '调取录像\n现场核查分析仪');
  await page.locator('select[name=person] option[value=zhaomin]').waitFor({ state: 'attached' });
  await page.selectOption('select[name=person]', 'zhaomin');
  const deadline = new Date(Date.now() + 13 * 86400e3).toISOString().slice(0, 10);
  await page.fill('input[name=deadline]', deadline);
  await page.locator('form.case-form button.main').click();
  await page.waitForURL(/\/cases\/\d{4}-\d{6}-\d{4}$/);
  const no = new URL(page.url()).pathname.split('/').pop();
  assert.match(no, new RegExp(`^\\d{4}-${flag.county}-\\d{4}$`));
  await page.locator('.decide').waitFor();
  await clean(page, 'a case');

  const take = async (on, label, text = '') => {
    await on.getByLabel(label, { exact: true }).check();
    if (text) await on.fill('textarea[name=text]', text);
    await on.getByRole('button', { name: '写入这一步' }).click();
  };
  await take(page, '开始整改');
  await page.getByText('已写入，现在：整改中').waitFor();
  await page.getByLabel('提交验收', { exact: true }).check();
  await page.setInputFiles('input[type=file]', { name: '整改报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('abc') });
  await page.fill('textarea[name=ids]', flag.flag_id);
  await page.keyboard.press('Control+Enter');
  await page.getByText('已写入，现在：已提交').waitFor();
  await page.getByText('SHA-256 ba78 16bf…').waitFor();
  // Who worked it has the role to accept, and may not.
  await page.getByText('通过验收：责任人和办理过整改的人不能验收').waitFor();
  assert.equal(await page.getByLabel('通过验收', { exact: true }).count(), 0);
  const refused = await page.evaluate(async (to) => {
    const me = await (await fetch('/api/v1/me')).json(), seen = await (await fetch('/api/v1/cases/' + to)).json();
    const answer = await fetch(`/api/v1/cases/${to}/actions`, { method: 'POST', headers: { 'X-CSRF': me.csrf, 'If-Match': seen.mark, 'Content-Type': 'application/json' }, body: JSON.stringify({ action: 'accept' }) });
    return [answer.status, (await answer.json()).code];
  }, no);
  assert.deepEqual(refused, [409, 'accepted_by_doer']);

  await acceptor.goto(url + '/cases');
  await acceptor.locator(`tr[data-case="${no}"] a`).click();
  await take(acceptor, '通过验收', '看过录像和现场，分析仪已校准');
  await acceptor.getByText('已写入，现在：已验收').waitFor();
  await take(acceptor, '公示');
  await acceptor.getByText('已写入，现在：已公示').waitFor();
  await take(acceptor, '销号');
  await acceptor.getByText('已写入，现在：已销号').waitFor();
  await acceptor.goto(url + '/suspects/' + flag.flag_id);
  await acceptor.locator(`tr[data-case="${no}"]`).getByText('已销号').waitFor();
  assert.equal(JSON.parse(programs.hub('case', 'list', '--state', 'closed', '--json')).rows[0].case_no, no);

  await other.goto(url + '/cases?state=all');
  await other.getByText('没有这样的案件').waitFor();
  await other.goto(url + '/cases/' + no);
  await other.getByText('不在您的权限内').first().waitFor();
  await clean(other, 'a case out of scope');
  assert.equal((await call(other, '/cases/' + no)).body.code, 'out_of_scope');
  for (const one of [page, acceptor, other]) await one.context().close();
});

test('a county that is behind gets a case with its figures, by keyboard alone', async () => {
  const page = await visit('gaowen');
  const own = people.find((one) => one.account === 'gaowen').counties[0];
  await page.goto(url + '/counties/' + own + period);
  const link = page.getByRole('link', { name: '立案…' });
  await link.waitFor();
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cases/new?county=*');
  await page.waitForFunction(() => document.querySelector('textarea[name=problem]').value.length > 10);
  assert.match(await page.inputValue('textarea[name=problem]'), /^2025-01-01 至 2025-12-31/);
  await page.locator('select[name=person] option[value=gaowen]').waitFor({ state: 'attached' });
  await page.selectOption('select[name=person]', 'gaowen');
  await page.fill('input[name=deadline]', new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 10));
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/cases\/\d{4}-\d{6}-\d{4}$/);
  const no = new URL(page.url()).pathname.split('/').pop();
  await page.goto(url + '/counties/' + own + period);
  await page.locator(`tr[data-case="${no}"]`).getByText(/天后到期/).waitFor();
  for (const width of [390, 1024, 1366]) {
    await page.setViewportSize({ width, height: 768 });
    for (const at of ['/cases?due=soon', '/cases/' + no, '/cases/new']) {
      await page.goto(url + at);
      await page.locator('h1').waitFor();
      await settled(page);
      await fits(page, `${at} at ${width}`);
      await clean(page, `${at} at ${width}`);
    }
  }
  await page.goto(url + '/cases');
  const csv = page.locator('.export a', { hasText: 'CSV' });
  await csv.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);
  assert.match(fs.readFileSync(await download.path(), 'utf8'), new RegExp(no));
  await page.context().close();
});

test('each role finds its own pages, and all pages fit three widths in both languages', async () => {
  for (const [account, pages] of [['jucheng', ['/', '/counties', '/stations', '/policy', '/me']], ['zhaomin', ['/', '/counties', '/stations', '/non-returns', '/suspects', '/holds', '/alarms', '/cases', '/vehicles', '/policy', '/me']], ['ligong', ['/system', '/accounts', '/me']]]) {
    const page = await visit(account);
    const links = await page.locator('nav a').evaluateAll((all) => all.map((a) => new URL(a.href).pathname));
    assert.deepEqual(links, pages.filter((one) => one !== '/me'));
    for (const language of ['中文', 'English'])
      for (const width of [1366, 1024, 390]) {
        await page.setViewportSize({ width, height: 768 });
        if (await page.getByRole('button', { name: language, exact: true }).count()) await page.getByRole('button', { name: language, exact: true }).click();
        for (const at of pages) {
          await page.goto(url + at + (/^\/($|counties|stations|non-)/.test(at) ? period : ''));
          await page.locator('h1').waitFor();
          await settled(page);
          await fits(page, `${at} at ${width} in ${language}`);
          if (width !== 1024) await clean(page, `${at} at ${width} in ${language}`);
        }
      }
    await page.context().close();
  }
});

test('a session that is over asks again over the page, and what was typed is kept', async () => {
  const page = await visit('zhaomin');
  await page.goto(url + '/suspects?state=all');
  await page.locator('tbody th a').first().click();
  await page.fill('#reason', '写到一半的理由，别丢了');
  await page.context().clearCookies();
  await page.getByLabel('要求说明').check();
  await page.getByRole('button', { name: '记录决定' }).click();
  await page.locator('dialog').getByText('登录已过期').waitFor();
  await enter(page, 'zhaomin');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.inputValue('#reason'), '写到一半的理由，别丢了');
  await page.context().close();
});

test('another person who signs in over a page begins anew, and finds nothing of it', async () => {
  const page = await visit('weilan');
  await page.goto(url + '/suspects?state=all');
  await page.locator('tbody th a').first().click();
  await page.locator('.lead').waitFor();
  await page.context().clearCookies();
  await page.locator('nav a[href="/counties"]').click();
  await page.locator('dialog').getByText('登录已过期').waitFor();
  await enter(page, 'jiaojing');
  await page.waitForURL(url + '/');
  await page.locator('header.bar').getByText('交警').waitFor();
  await page.locator('#ranking').waitFor();
  assert.equal(await page.locator('dialog').count(), 0);
  await page.context().close();
});

test('every number of a page opens a list of as many', async () => {
  const page = await visit('weilan');
  const county = counties.find((row) => /^\d+$/.test(row.county) && row.failed > row.repaired).county;
  await page.goto(url + '/suspects?state=all');
  const station = (await page.locator('tbody tr td small').filter({ hasText: /^I6/ }).first().textContent()).trim();
  const walked = new Map();
  for (const at of ['/', '/counties', '/counties/' + county, '/stations', '/stations/' + station]) {
    await page.goto(url + at + period);
    await page.locator('h1').waitFor();
    await settled(page);
    for (const { text, to } of await page.locator('main a').evaluateAll((links) => links.map((one) => ({ text: one.textContent, to: one.getAttribute('href') })))) {
      const number = /^(?:全部 )?([\d,]+)(?: 条)?$/.exec(text.trim());
      if (number) walked.set(to, { number: number[1], at });
    }
  }
  assert.ok(walked.size >= 8, [...walked.keys()].join(' '));
  for (const [to, { number, at }] of walked) {
    await page.goto(url + to);
    await page.locator('main .lead, main .pager').first().waitFor();
    const said = (await page.locator('.pager').allTextContents()).map((text) => /共 ([\d,]+) 条/.exec(text)?.[1]);
    assert.deepEqual(said, number === '0' ? [] : [number], `${to} of ${at}`);
  }
  await page.context().close();
});

test('what anybody writes is shown as text: no element comes of it, and no script runs', async () => {
  const markup = '<img src=x onerror="hit=1">';
  const folder = path.join(programs.dir, 'i'), config = programs.config('i');
  const record = failedTest(77, '陕D0T077', 3);
  Object.assign(record, { inspector_id: markup, line_id: markup, report_no: markup });
  record.vehicle.model = markup;
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'test.json'), JSON.stringify(record));
  programs.call('i_station', '--config', config, 'join', programs.invite(record.station_id, markup));
  programs.call('i_station', '--config', config, 'submit', path.join(folder, 'test.json'));
  const station = await programs.run('i_station', 'i');
  const page = await visit('zhaomin');
  await until(async () => (await call(page, `/records/${record.record_id}/vehicle`)).status === 200);
  await programs.stop(station.child);
  const csrf = (await call(page, '/me')).body.csrf, today = new Date().toISOString().slice(0, 10);
  const sent = (to, body, more = {}) => page.evaluate(async ([target, given, headers]) => { const r = await fetch('/api/v1' + target, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(given) }); return { status: r.status, body: await r.json() }; }, [to, body, { 'X-CSRF': csrf, ...more }]);
  const opened = await sent('/cases', { county: '610404', problem: markup, goal: markup, measures: [markup], lead_unit: 'transport', joint_units: [], person: 'zhaomin', deadline: today, acceptance_unit: 'ecology', about: { complaint_no: markup } });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  const flag = (await call(page, '/flags?state=open&limit=1')).body.items[0].flag_id;
  const places = ['/stations', '/stations/' + record.station_id, '/counties/610404', '/vehicles/of/' + record.record_id, '/non-returns', '/cases', '/cases/' + opened.body.case_no, '/suspects/' + flag, '/alarms'];
  let shown = 0;
  for (const at of places) {
    await page.goto(url + at);
    await page.locator('h1').waitFor();
    await settled(page);
    assert.equal(await page.locator('img').count(), 0, at);
    assert.equal(await page.evaluate(() => typeof globalThis.hit), 'undefined', at);
    if ((await page.locator('main').textContent()).includes(markup)) ++shown;
  }
  assert.ok(shown >= 4, `shown on ${shown} pages`);
  await page.context().close();
});

test('the hub ends under an open page: it says so, keeps what is shown and typed, and goes on when it is back', async () => {
  const page = await visit('zhaomin');
  await page.goto(url + '/suspects');
  await page.locator('tbody th a').first().click();
  await page.locator('.decide').waitFor();
  await page.fill('#reason', '写到一半时监管中心停了一会儿');
  await page.getByLabel('要求说明').check();
  isDown = true;
  await programs.kill(hub);
  await page.getByRole('button', { name: '记录决定' }).click();
  await page.getByText('没有连上监管中心').first().waitFor();
  assert.equal(await page.inputValue('#reason'), '写到一半时监管中心停了一会儿');
  ({ child: hub } = await programs.start('hub', [...serving, '--port', programs.port, '--console', new URL(url).host], /console: http/));
  isDown = false;
  await page.getByRole('button', { name: '记录决定' }).click();
  await page.getByText('决定已记录').waitFor();
  await page.context().close();
});

test('the page is kept to itself: headers, no request elsewhere, no error in the console', async () => {
  const answer = await fetch(url + '/');
  assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await answer.text())[1];
  const asset = await fetch(url + script);
  assert.equal(asset.headers.get('content-encoding'), 'gzip');
  assert.match(asset.headers.get('cache-control'), /immutable/);
  assert.equal((await fetch(url + '/assets/none.js')).status, 404);
  assert.equal((await fetch(url + '/api/v1/sessions', { method: 'POST', headers: { Origin: 'http://elsewhere.example' }, body: '{}' })).status, 403);
  assert.deepEqual(strange, []);
  assert.deepEqual(errors, []);
});
