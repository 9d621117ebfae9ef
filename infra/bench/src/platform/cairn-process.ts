import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ownEnvironment } from '@cairn/embedded-postgres/testing';

import { Caller } from './caller.js';
import type { MemoryUse } from './memory-probe.js';

const cairn = fileURLToPath(new URL('../../../local/bin/cairn.js', import.meta.url));
const probe = new URL('./memory-probe.js', import.meta.url).href;
const startTimeout_ms = 120_000;

export interface CairnProcessOptions {
  /** Of the database to run on; without it Cairn brings its own. */
  readonly databaseUrl?: string | undefined;
  /** With a channel over which `memory` asks what is in use. */
  readonly probed?: boolean;
}

/** `npm start` as a process of its own, with nothing in it. */
export class CairnProcess {
  private readonly caller = new Caller();

  private constructor(
    readonly url: string,
    private readonly token: string,
    private readonly child: ChildProcess,
    private readonly dataDir: string,
  ) {}

  static async start({ databaseUrl, probed = false }: CairnProcessOptions = {}): Promise<CairnProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-platform-'));
    const nodeOptions = probed ? ['--expose-gc', '--import', probe] : [];
    const child = spawn(process.execPath, [...nodeOptions, cairn, 'start', '--empty', '--data', dataDir, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe', ...(probed ? (['ipc'] as const) : [])],
      env: { ...ownEnvironment(), ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
    });
    const url = await addressOf(child);
    const token = (await readFile(join(dataDir, 'operator-token'), 'utf8')).trim();
    return new CairnProcess(url, token, child, dataDir);
  }

  /** What the process has in use after a collection, in bytes. Only of one that was started `probed`. */
  async memory(): Promise<MemoryUse> {
    const answered = once(this.child, 'message');
    this.child.send('memory');
    const [use] = (await answered) as [MemoryUse];
    return use;
  }

  /** The body of an answer that is as it should be. @throws for every other */
  async ask<Answer>(method: 'GET' | 'POST', path: string, body?: { readonly json?: object; readonly csv?: string }): Promise<Answer> {
    const type = body?.csv === undefined ? 'application/json' : 'text/csv';
    const content = body?.csv ?? JSON.stringify(body?.json ?? {});
    const { status, text } = await this.caller.send(`${this.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, ...(method === 'POST' && { 'Content-Type': type }) },
      ...(method === 'POST' && { content }),
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  async stop(): Promise<void> {
    this.caller.close();
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** What it prints once it answers. @throws with what it said when it ends before that */
const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Cairn was not ready within ${startTimeout_ms} ms: ${said}`));
    }, startTimeout_ms);
    const heard = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-10_000);
      const [, url] = /Cairn runs at (http:\S+) /.exec(said) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', heard);
    child.stderr?.on('data', heard);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Cairn ended with ${code} before it was ready: ${said}`));
    });
  });
