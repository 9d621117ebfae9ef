import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SqlSession } from '@cairn/event-bus';
import pg from 'pg';

import type { Finished } from './cairn-process.js';
import { CairnProcess } from './cairn-process.js';
import { kill9, pidOfPostgres, pidOfService } from './processes.js';
import type { Service } from './processes.js';

/** The day that the sample ends on: any two loads of it are then the same. */
const sampleToday = '2026-01-15';

const requestTimeout_ms = 60_000;

/** The platform as it is installed, each service a process, over the PostgreSQL that it brings; it loads the sample. */
export class Platform {
  /** How often it was started. */
  starts = 0;
  private cairn: CairnProcess | undefined;
  /** What was killed since the last start: why it may end. */
  private readonly killed: string[] = [];
  private client: pg.Client | undefined;

  constructor(
    readonly dataDir: string,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  /**
   * Starts it, if it does not run.
   * @throws Error when it has ended although nothing of it was killed since it was started
   */
  async start(): Promise<void> {
    if (this.cairn?.alive) return;
    const ended = await this.cairn?.end();
    if (ended && this.killed.length === 0) throw new Error(`The platform ended with code ${ended.code}, and nothing was killed:\n${ended.said}`);
    this.killed.length = 0;
    this.starts += 1;
    const more = { ...this.environment, CAIRN_SAMPLE_TODAY: sampleToday };
    this.cairn = CairnProcess.run(['start', '--data', this.dataDir, '--port', '0', '--processes'], more);
  }

  /** Where it answers, once all is loaded and read. */
  get url(): string | undefined {
    return /runs at (http:\S+)/.exec(this.cairn?.alive ? this.cairn.said : '')?.[1];
  }

  /** What it said last. */
  get said(): string {
    return this.cairn?.said ?? '';
  }

  /** kill -9 of the process that all others were started by, and that loads the sample. @returns whether it ran */
  killParent(): boolean {
    return this.noted('the platform', kill9(this.cairn?.alive ? this.cairn.pid : undefined));
  }

  /** kill -9 of a service. @returns whether it ran */
  async killService(service: Service): Promise<boolean> {
    const { pid } = this.cairn ?? {};
    return this.noted(service, pid !== undefined && kill9(await pidOfService(pid, service)));
  }

  /** kill -9 of the first process of PostgreSQL. @returns whether it ran */
  async killPostgres(): Promise<boolean> {
    return this.noted('PostgreSQL', kill9(await pidOfPostgres(this.dataDir)));
  }

  /** SQL of the driver, as superuser, past all that is under test. It fails while PostgreSQL is away. */
  readonly session: SqlSession = {
    query: async <Row>(sql: string, values: readonly unknown[] = []) => {
      const client = (this.client ??= await this.connected());
      try {
        return (await client.query(sql, [...values])).rows as Row[];
      } catch (error) {
        this.client = undefined;
        await client.end().catch(() => undefined);
        throw error;
      }
    },
  };

  /** The events on record. It fails while there are no tables yet. */
  async recorded(): Promise<number> {
    const [row] = await this.session.query<{ events: number }>(
      `SELECT ((SELECT pos FROM directory_store.es_head) + (SELECT pos FROM scaling_plan_store.es_head))::int AS events`,
    );
    return row?.events ?? 0;
  }

  /** Asks as the operator. @throws Error when it does not answer what was asked */
  async get<Answer>(path: string): Promise<Answer> {
    const token = await readFile(join(this.dataDir, 'operator-token'), 'utf8');
    const signal = AbortSignal.timeout(requestTimeout_ms);
    const response = await fetch(`${this.url}${path}`, { headers: { Authorization: `Bearer ${token}` }, signal });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** `cairn verify`, beside the running platform. */
  verify(): Promise<Finished> {
    return CairnProcess.run(['verify', '--data', this.dataDir], this.environment).end();
  }

  /** Ends it in order, whatever is left of it. */
  async stop(): Promise<void> {
    await this.client?.end().catch(() => undefined);
    this.client = undefined;
    this.cairn?.signal('SIGTERM');
    await this.cairn?.end();
    // Its database, if it was killed itself.
    kill9(await pidOfPostgres(this.dataDir));
  }

  private async connected(): Promise<pg.Client> {
    const { password, port } = JSON.parse(await readFile(join(this.dataDir, 'postgres.json'), 'utf8')) as { password: string; port: number };
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'cairn', connectionTimeoutMillis: 5_000, query_timeout: 60_000 });
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    return client;
  }

  private noted(name: string, done: boolean): boolean {
    if (done) this.killed.push(name);
    return done;
  }
}
