import { currentOwner } from '@cairn/embedded-postgres';
import { enginesFrom, toldToStop } from '@cairn/service-kit';

import { readOperatorToken } from '../platform/identity.js';
import { startPlatform } from '../platform/start-platform.js';
import { requireData } from './require-data.js';
import { logLevelFrom } from './start.command.js';
import { endProgress, progressTo } from './progress.js';

/** A platform to ask, as the operator. */
export interface PlatformCall {
  /** Answers the parsed body. @throws Error with the problem's words when the platform refuses */
  request<Answer>(method: 'GET' | 'POST', path: string, body?: { readonly type: string; readonly content: Buffer }): Promise<Answer>;
}

/** The platform answered, and refused. */
export class PlatformRefusal extends Error {
  override readonly name = 'PlatformRefusal';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const timeout_ms = 120_000;

/** The platform at an address, asked with a bearer token. */
export const callOf = (url: string, token: string): PlatformCall => ({
  request: async <Answer>(method: string, path: string, body?: { readonly type: string; readonly content: Buffer }) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': body.type } : {}) },
      signal: AbortSignal.timeout(timeout_ms),
      ...(body ? { body: new Uint8Array(body.content) } : {}),
    }).catch((cause: unknown) => {
      throw new Error(`The platform at ${url} does not answer.`, { cause });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Answer;
    throw new PlatformRefusal(response.status, wordsOf(text) ?? `${method} ${path}: ${response.status}`);
  },
});

const wordsOf = (text: string): string | undefined => {
  try {
    const { title, detail, errors } = JSON.parse(text) as { title?: string; detail?: string; errors?: { field?: string; detail: string }[] };
    const items = (errors ?? []).map((item) => `  ${item.field ?? ''}: ${item.detail}`);
    return [`${title ?? 'Refused'}: ${detail ?? ''}`, ...items].join('\n');
  } catch {
    return undefined;
  }
};

/** Rejects with the reason of the abort. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    if (signal.aborted) give();
    signal.addEventListener('abort', give);
  });

/** Asks the platform that runs on the data directory; when none does, starts one for as long as `work` takes. */
export const withPlatform = async <Result>(dataDir: string, work: (call: PlatformCall) => Promise<Result>): Promise<Result> => {
  requireData(dataDir);
  const owner = await currentOwner(dataDir);
  const token = await readOperatorToken(dataDir);
  if (owner?.address !== undefined && token !== undefined) return work(callOf(owner.address, token));
  const { signal } = toldToStop();
  const progress = progressTo(process.stderr);
  const platform = await startPlatform({
    dataDir,
    purpose: 'a cairn command',
    port: 0,
    databaseUrl: process.env['DATABASE_URL'],
    sample: false,
    today: new Date().toISOString().slice(0, 10),
    logLevel: logLevelFrom(process.env),
    onProgress: progress,
    engines: enginesFrom(process.env),
    signal,
  });
  endProgress(process.stderr);
  try {
    return await Promise.race([work(callOf(platform.url, platform.token)), untilAborted(signal)]);
  } finally {
    await platform.stop();
  }
};
