import type { SqlSession } from '@cairn/event-bus';
import pg from 'pg';

import type { AppendLedger } from '../ledger/append-ledger.js';
import { Auditor } from '../model/auditor.js';
import { checkConsumer, checkReader, untilTakenIn } from '../model/check-reader.js';
import { checkChains, checkRecord } from '../model/check-record.js';
import { patience_ms, until } from '../until.js';
import { Copy } from './copy.js';
import { openBus } from './open-bus.js';
import type { BusSettings, CopySettings, Role } from './settings.js';
import { defaultGroup, partitions, seenSchema, topic } from './settings.js';

export interface CheckOptions {
  /** Consumer groups whose read models have to be whole; default the one group. */
  readonly groups?: readonly string[];
  /** Whether a projection of the store runs, too; default false. */
  readonly projection?: boolean;
  /** Whether a relay runs, so that all has to be on the bus; default true. */
  readonly bus?: boolean;
  readonly timeout_ms?: number;
}

/** The system under test: processes over one database and one bus, and the eyes of the driver on both. */
export class SystemUnderTest {
  readonly auditor: Auditor;
  private readonly copies: Copy[] = [];
  private readonly pool: pg.Pool;

  private constructor(
    readonly url: string,
    readonly bus: BusSettings,
    readonly ledger: AppendLedger,
    auditor: Auditor,
  ) {
    this.auditor = auditor;
    this.pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 5_000, query_timeout: 60_000 });
    this.pool.on('error', () => undefined);
  }

  /** Begins to audit the bus of a database that was laid out. */
  static async open(url: string, bus: BusSettings, ledger: AppendLedger): Promise<SystemUnderTest> {
    const opened = openBus(bus, 'auditor');
    await until('the topic is made', () => opened.ensureTopic(topic, { partitions }).then(() => true));
    const system = new SystemUnderTest(url, bus, ledger, new Auditor(opened));
    await system.auditor.join();
    return system;
  }

  /** SQL of the driver, as superuser. */
  readonly session: SqlSession = {
    query: async <Row>(sql: string, values: readonly unknown[] = []) => {
      const { rows } = await this.pool.query(sql, [...values]);
      return rows as Row[];
    },
  };

  launch(roles: readonly Role[], more: Partial<CopySettings> = {}): Copy {
    const copy = Copy.launch({ roles, url: this.url, bus: this.bus, ...more });
    this.copies.push(copy);
    return copy;
  }

  /** Copies that live and have the role. */
  with(role: Role): readonly Copy[] {
    return this.copies.filter((copy) => copy.alive && copy.settings.roles.includes(role));
  }

  /** What copies complained of, each once. */
  get troubles(): readonly string[] {
    return [...new Set(this.copies.flatMap(({ troubles }) => troubles))];
  }

  get living(): readonly Copy[] {
    return this.copies.filter((copy) => copy.alive);
  }

  /** What is wrong at the end, when the load has stopped: the record, the bus, and each read model; empty when all is well. */
  async mismatches(options: CheckOptions = {}): Promise<readonly string[]> {
    const { ledger, session, auditor } = this;
    const { groups = [defaultGroup], projection = false, bus = true, timeout_ms = patience_ms } = options;
    const events = ledger.inOrder();
    const found = [...(await checkRecord(session, ledger)), ...(await checkChains(this.url))];
    for (const group of groups) {
      await untilTakenIn(session, group, events.length, timeout_ms);
      found.push(...(await checkReader(session, group, events)), ...(await checkConsumer(session, group)));
    }
    if (projection) {
      await untilTakenIn(session, seenSchema, events.length, timeout_ms);
      found.push(...(await checkReader(session, seenSchema, events)));
    }
    if (bus) found.push(...(await auditor.mismatchesOf(events, timeout_ms)));
    return found;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.copies.map((copy) => copy.kill()));
    await this.auditor.leave().catch(() => undefined);
    await this.pool.end();
    await this.ledger.close();
  }
}
