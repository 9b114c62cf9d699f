/** Starts the real application for a test, and watches that its window never complains. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';
import { applicationDir, electronSwitches, screenshotDir } from './environment.ts';

const START_LIMIT_MS = 30_000;

/** An empty user data directory that is gone after the test. */
export class UserData {
  readonly dir = mkdtempSync(path.join(os.tmpdir(), 'hearth-e2e-'));

  write(name: string, text: string): void {
    const file = path.join(this.dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface Hearth {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Base URL of the Prometheus API. */
  readonly url: string;
  /** From the start of the process to the first paint. */
  readonly windowMs: number;
  readonly output: () => string;
  /** Errors and warnings of the page's console, and exceptions. */
  readonly complaints: readonly string[];
  quit(): Promise<void>;
}

/** `electronArgs` go before the application: `-r` and a module, for instance. */
export async function startHearth(userData: UserData, electronArgs: readonly string[] = []): Promise<Hearth> {
  const log = path.join(mkdtempSync(path.join(os.tmpdir(), 'hearth-e2e-log-')), 'output.log');
  writeFileSync(log, '');
  const app = await _electron.launch({
    executablePath: path.join(import.meta.dirname, 'tee-output.sh'),
    args: [...electronSwitches, '--log-level=3', ...electronArgs, applicationDir, `--user-data-dir=${userData.dir}`],
    env: { ...process.env, HEARTH_E2E_LOG: log },
    timeout: START_LIMIT_MS,
  });
  const output = () => readFileSync(log, 'utf8');
  const complaints: string[] = [];
  const page = await app.firstWindow();
  watch(page, complaints);
  const url = await waitForLine(output, /^prometheus: (http:\S+)$/m);
  const windowMs = Number(await waitForLine(output, /^hearth: window after (\d+) ms$/m));
  const quit = async () => {
    const exited = new Promise<void>((resolve) => app.process().once('exit', () => resolve()));
    await app.evaluate(({ app: main }) => main.quit()).catch(() => undefined);
    await exited;
    rmSync(path.dirname(log), { recursive: true, force: true });
  };
  return { app, page, url, windowMs, output, complaints, quit };
}

/** Everything that a child says from now on. */
export function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk) => chunks.push(String(chunk)));
  child.stderr?.on('data', (chunk) => chunks.push(String(chunk)));
  return () => chunks.join('');
}

/** The first group of a line of the output, once it is there. */
export async function waitForLine(output: () => string, pattern: RegExp): Promise<string> {
  await expect
    .poll(() => pattern.exec(output())?.[1], { timeout: START_LIMIT_MS, message: `no ${pattern} in the output` })
    .toBeDefined();
  return pattern.exec(output())?.[1] ?? '';
}

export function watch(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
}

/** The value of an instant query with one result, or null. */
export async function ask(url: string, query: string): Promise<number | null> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const body: unknown = await answer.json();
  const found = /"value":\[[\d.]+,"([^"]+)"\]/.exec(JSON.stringify(body));
  return found?.[1] === undefined ? null : Number(found[1]);
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(screenshotDir, `${name}.png`) });
}
