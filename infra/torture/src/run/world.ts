import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';
import pg from 'pg';

import type { Chance } from '../chance.js';
import { Load } from '../drive/load.js';
import { PostgresServer } from '../faults/postgres-server.js';
import { AppendLedger } from '../ledger/append-ledger.js';
import type { Copy } from '../system/copy.js';
import { layOut } from '../system/lay-out.js';
import type { BusSettings, CopySettings, Role } from '../system/settings.js';
import { SystemUnderTest } from '../system/system.js';

/** The copies of the service that are to run: whoever of them has died is started again. */
const population: readonly (readonly Role[])[] = [['writer', 'relay', 'consumer'], ['writer', 'relay', 'consumer'], ['projection']];

/** The engines of a long run, and the system that lives on them for some cycles before a fresh one follows. */
export class World {
  private current: { system: SystemUnderTest; load: Load; proxy: TcpProxy } | undefined;
  private lives = 0;
  private readonly places: (Copy | undefined)[] = population.map(() => undefined);

  private constructor(
    readonly folder: string,
    readonly chance: Chance,
    readonly server: PostgresServer,
    readonly broker: RunningKafka | undefined,
  ) {}

  static async open(folder: string, chance: Chance, bus: 'postgres' | 'kafka'): Promise<World> {
    await mkdir(folder, { recursive: true });
    const server = await PostgresServer.start(join(folder, 'postgres'));
    if (bus === 'postgres') return new World(folder, chance, server, undefined);
    return new World(folder, chance, server, await startKafka({ dataDir: join(folder, 'kafka') }));
  }

  get system(): SystemUnderTest {
    return this.life.system;
  }

  get load(): Load {
    return this.life.load;
  }

  /** Stands between the copies and PostgreSQL; the checks of the driver go around it. */
  get proxy(): TcpProxy {
    return this.life.proxy;
  }

  /** A fresh system in a database of its own. */
  async begin(): Promise<void> {
    await this.end();
    this.lives += 1;
    const name = `life_${this.lives}`;
    await this.onServer(`CREATE DATABASE ${name}`);
    const url = this.server.urlOf(name);
    const proxy = await TcpProxy.before(url);
    const bus: BusSettings =
      this.broker === undefined
        ? { kind: 'postgres', url: proxy.url }
        : { kind: 'kafka', brokers: this.broker.brokers, topicPrefix: `${name}-` };
    await layOut(url, bus.kind === 'postgres' ? url : undefined);
    const ledger = await AppendLedger.open(join(this.folder, `${name}.jsonl`));
    const system = await SystemUnderTest.open(url, bus, ledger);
    const load = new Load(this.chance.fork(), ledger, () => system.with('writer'), { pause_ms: 25, timeout_ms: 1_500 });
    this.current = { system, load, proxy };
    await this.mend();
  }

  /** Starts whatever has died; resolves once all of the population runs. */
  async mend(): Promise<void> {
    for (const [place, roles] of population.entries()) {
      if (!this.places[place]?.alive) this.places[place] = this.launch(roles);
    }
    await Promise.all(this.places.map((copy) => copy?.ready()));
  }

  /** A copy behind the proxy. */
  launch(roles: readonly Role[], more: Partial<CopySettings> = {}): Copy {
    return this.system.launch(roles, { url: this.proxy.url, callTimeout_ms: 2_000, ...more });
  }

  async end(): Promise<void> {
    if (this.current === undefined) return;
    const { system, proxy } = this.current;
    this.current = undefined;
    this.places.fill(undefined);
    await system.dispose();
    await proxy.goDown();
    await this.onServer(`DROP DATABASE IF EXISTS life_${this.lives} WITH (FORCE)`);
  }

  /** Ends all processes; what is on disk stays. */
  async close(): Promise<void> {
    if (this.current !== undefined) {
      await this.current.system.dispose();
      await this.current.proxy.goDown();
    }
    await this.broker?.stop();
    await this.server.end('fast');
  }

  private get life(): { system: SystemUnderTest; load: Load; proxy: TcpProxy } {
    if (this.current === undefined) throw new Error('The run has not begun');
    return this.current;
  }

  private async onServer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
