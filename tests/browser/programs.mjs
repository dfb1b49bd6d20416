// Starts the built programs in folders of their own and stops what it started.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const bin = process.env.IMLOOP_BIN_DIR;

export class Programs {
  constructor() {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'imloop-browser-'));
    this.running = [];
  }
  call(program, ...args) {
    return execFileSync(path.join(bin, program), args, { encoding: 'utf8', timeout: 60000 });
  }
  hub(...args) {
    return this.call('hub', '--data', path.join(this.dir, 'hub'), ...args);
  }
  /// Starts a program and waits until it has said `until`; gives the match.
  start(program, args, until) {
    const child = spawn(path.join(bin, program), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.running.push(child);
    return new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
        const found = said.match(until);
        if (found) resolve({ child, found });
      });
      child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
    });
  }
  async serve(port = '0') {
    const { child, found } = await this.start('hub', ['--data', path.join(this.dir, 'hub'), 'serve', '--port', port, '--admin-port', '0'], /https:\/\/127\.0\.0\.1:(\d+)/);
    this.port = found[1];
    return child;
  }
  async stop(child) {
    this.running = this.running.filter((c) => c !== child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  /// As when the power fails.
  async kill(child) {
    this.running = this.running.filter((c) => c !== child);
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  config(name) {
    return path.join(this.dir, name, 'station.toml');
  }
  /// `run` of a station; gives the address of its page.
  async run(program, name, port = '0') {
    const { child, found } = await this.start(program, ['--config', this.config(name), 'run', '--page-port', port], /http:\/\/127\.0\.0\.1:\d+/);
    return { child, url: found[0] };
  }
  invite(id, name) {
    return this.hub('station', 'invite', id, '--name', name, '--valid-from', '2024-01-01', '--url', `https://127.0.0.1:${this.port}`).split('\n')[0];
  }
  async close() {
    for (const child of [...this.running]) await this.stop(child);
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

export function browser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export function recordId(n) {
  return '01940000-0000-7000-8000-' + String(n).padStart(12, '0');
}

/// A failed two-speed idle test, `days` ago.
export function failedTest(n, plate, days = 2) {
  const at = new Date(Date.now() - days * 86400e3 + 8 * 3600e3).toISOString().slice(0, 19) + '+08:00';
  const reading = (item, phase, value, unit, limit) => ({ item, phase, value, unit, limit, passed: value <= limit });
  return {
    schema: 'imloop/inspection/1', record_id: recordId(n), station_id: 'I610404-01', occurred_at: at,
    vehicle: { plate, plate_kind: '02', vin: 'LXR2C41F4J70' + String(31800 + n), model: '远途 YT6440', fuel: 'petrol', emission_stage: '国V' },
    report_no: 'R' + n, line_id: '1', inspector_id: 'A017', reason: 'periodic', started_at: at, ended_at: at, method: 'two_speed_idle',
    obd: { dtcs: ['P0420'], mil_on: true, communicates: true },
    readings: [reading('co', 'idle', 1.42, '%', 0.6), reading('co', 'high_idle', 0.88, '%', 0.3), reading('hc', 'high_idle', 20, 'ppm', 50)],
    failed_items: ['co/idle', 'co/high_idle'], verdict: 'fail',
  };
}

/// Waits until no part of the page is being loaded any more.
export const settled = (page) => page.locator('main:not(:has([aria-busy=true]))').waitFor({ state: 'attached' });
