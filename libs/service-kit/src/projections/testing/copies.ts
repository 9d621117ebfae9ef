import { pgInTransaction } from '@cairn/event-bus';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import pg from 'pg';
import { pino } from 'pino';

import { checkpointDdl } from '../checkpoint-rows.js';
import { tablesDdl } from '../projection.js';
import type { Projection, ProjectionDatabase } from '../projection.js';
import { ProjectionRunner } from '../projection-runner.js';
import type { Behaviour, NumberEvent } from './number-log.js';
import { LogReader, NumberLog, seenProjection } from './number-log.js';

/** A gate that is open until it is closed. */
class Gate {
  private open: Promise<void> = Promise.resolve();
  private release: () => void = () => undefined;

  close(): void {
    this.open = new Promise((resolve) => (this.release = resolve));
  }
  reopen(): void {
    this.release();
  }
  pass(): Promise<void> {
    return this.open;
  }
}

export const lease_ms = 600;

export interface CopyOptions {
  /** False behind a pooler of connections, which hides that they end. */
  readonly hearsOfEnds?: boolean;
  readonly lease_ms?: number;
}

/** A copy of the service, with connections of its own; it can be frozen and killed like a process. */
export class Copy {
  readonly behaviour: Behaviour;
  readonly source: LogReader;
  readonly runner: ProjectionRunner<NumberEvent>;
  readonly warnings: string[] = [];
  private readonly gate = new Gate();
  private dead = false;

  constructor(
    log: NumberLog,
    private readonly pool: pg.Pool,
    readonly name: string,
    { hearsOfEnds, lease_ms }: Required<CopyOptions>,
  ) {
    this.behaviour = { keep: (n) => n, inBatch: () => Promise.resolve() };
    this.source = new LogReader(log);
    const warn = { write: (line: string) => this.warnings.push((JSON.parse(line) as { msg: string }).msg) };
    const projection: Projection<NumberEvent> = seenProjection(this.behaviour);
    const onConnectionEnd: ProjectionDatabase['onConnectionEnd'] = (listener) => {
      if (hearsOfEnds) pool.on('remove', listener);
      return () => void pool.off('remove', listener);
    };
    const database = { inTransaction: this.inTransaction, onConnectionEnd };
    this.runner = new ProjectionRunner(projection, this.source, database, pino({ level: 'info' }, warn), { lease_ms });
  }

  /** From here on nothing of it reaches the database, until it thaws; what it has begun stays open. */
  freeze(): void {
    this.gate.close();
  }

  thaw(): void {
    this.gate.reopen();
  }

  /** Like kill -9: its connections break at once, and nothing of it reaches the database any more. */
  async kill(): Promise<void> {
    this.dead = true;
    const other = new pg.Client({ ...this.pool.options });
    await other.connect();
    await other.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid() AND datname = current_database()',
      [this.name],
    );
    await other.end();
    this.gate.reopen();
  }

  async close(): Promise<void> {
    this.gate.reopen();
    await this.runner.stop();
    await this.pool.end();
  }

  private readonly inTransaction: InTransaction = async (work) => {
    await this.alive();
    return pgInTransaction(this.pool)((session) => work(this.watched(session)));
  };

  private watched(session: SqlSession): SqlSession {
    return {
      query: async (sql, values, sending) => {
        await this.alive();
        return session.query(sql, values, sending);
      },
    };
  }

  private async alive(): Promise<void> {
    await this.gate.pass();
    if (this.dead) throw new Error('This copy was killed');
  }
}

interface Server {
  readonly url: string;
  drop(): Promise<void>;
}

/** The database of a service with one read model, and as many copies of the service as a test wants. */
export class Copies {
  log = new NumberLog();
  private readonly running: Copy[] = [];
  private started = 0;

  private constructor(
    private readonly database: Server,
    /** For readers and checks. */
    readonly pool: pg.Pool,
  ) {}

  /** On the server of this run, or on another. */
  static async open(server?: Server): Promise<Copies> {
    const database = server ?? (await testDatabase());
    const pool = new pg.Pool({ connectionString: database.url, options: '-c search_path=kit,public', max: 12 });
    return new Copies(database, pool);
  }

  /** An empty read model, as the migrations make it. */
  async reset(): Promise<void> {
    await this.stopAll();
    this.log = new NumberLog();
    for (const schema of ['kit', 'kit_next', 'kit_previous']) {
      await this.pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`);
    }
    await this.pool.query(checkpointDdl);
    await this.pool.query(tablesDdl(seenProjection({ keep: (n) => n, inBatch: () => Promise.resolve() })));
  }

  /** Another copy, not started yet. */
  add({ hearsOfEnds = true, lease_ms: own_ms = lease_ms }: CopyOptions = {}): Copy {
    const name = `copy-${(this.started += 1)}`;
    const connection = { connectionString: this.database.url, options: '-c search_path=kit,public', application_name: name, max: 6 };
    const pool = new pg.Pool(connection);
    pool.on('error', () => undefined); // A copy that is killed loses its idle connections too.
    const copy = new Copy(this.log, pool, name, { hearsOfEnds, lease_ms: own_ms });
    this.running.push(copy);
    return copy;
  }

  async start(options?: CopyOptions): Promise<Copy> {
    const copy = this.add(options);
    await copy.runner.start();
    return copy;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.running.splice(0).map((copy) => copy.close()));
  }

  /** Whether the server works on a statement of the connections with this name. */
  async isWorkedOn(applicationName: string): Promise<boolean> {
    const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active' AND datname = current_database()`;
    return (await this.pool.query(sql, [applicationName])).rows.length > 0;
  }

  async rows(): Promise<readonly number[]> {
    const { rows } = await this.pool.query<{ n: number }>('SELECT n FROM seen ORDER BY n');
    return rows.map(({ n }) => n);
  }

  /** `n:kept` of every row, and the count. */
  async contents(schema = 'kit'): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ row: string }>(
      `SELECT n || ':' || kept AS row FROM ${schema}.seen UNION ALL SELECT 'count:' || many FROM ${schema}.seen_count ORDER BY 1`,
    );
    return rows.map(({ row }) => row);
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.pool.end();
    await this.database.drop();
  }
}
