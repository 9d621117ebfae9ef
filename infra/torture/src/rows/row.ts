import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { testDatabase, testFolder } from '@cairn/embedded-postgres/testing';
import { afterEach, test } from '@jest/globals';

import { Chance, seedOfRun } from '../chance.js';
import type { LoadOptions } from '../drive/load.js';
import { Load } from '../drive/load.js';
import { AppendLedger } from '../ledger/append-ledger.js';
import type { Copy } from '../system/copy.js';
import { layOut } from '../system/lay-out.js';
import type { BusSettings, CopySettings, Role } from '../system/settings.js';
import { SystemUnderTest } from '../system/system.js';

/** The bus that a row runs over. */
export interface BusUnderTest {
  readonly name: string;
  /** A bus that nothing else uses. */
  settings(databaseUrl: string): Promise<BusSettings>;
}

export const postgresBus: BusUnderTest = {
  name: 'PostgreSQL',
  settings: async (url) => ({ kind: 'postgres', url }),
};

/** What a row of the fault matrix is given. */
export class Row {
  private readonly endings: (() => Promise<unknown>)[] = [];
  private readonly systems: SystemUnderTest[] = [];
  private readonly loads: Load[] = [];

  constructor(
    readonly chance: Chance,
    private readonly bus: BusUnderTest,
  ) {}

  /** A system over an empty database of the server of the tests. */
  async system(bus?: BusSettings): Promise<SystemUnderTest> {
    const database = await testDatabase();
    this.onEnd(() => database.drop());
    return this.systemAt(database.url, bus ?? (await this.bus.settings(database.url)));
  }

  /** A system over an empty database of the row's own. */
  async systemAt(url: string, bus: BusSettings): Promise<SystemUnderTest> {
    await layOut(url, bus.kind === 'postgres' ? bus.url : undefined);
    return this.systemOn(url, bus, await AppendLedger.open(join(await testFolder(), 'ledger.jsonl')));
  }

  /** A system over a database that holds one already. */
  async systemOn(url: string, bus: BusSettings, ledger: AppendLedger): Promise<SystemUnderTest> {
    const system = await SystemUnderTest.open(url, bus, ledger);
    this.systems.push(system);
    this.onEnd(() => system.dispose());
    return system;
  }

  /** A load over whatever writers of the system live. */
  load(system: SystemUnderTest, options: LoadOptions = {}): Load {
    const load = new Load(this.chance.fork(), system.ledger, () => system.with('writer'), options);
    this.loads.push(load);
    return load;
  }

  /** Launches copies and waits until they run. */
  async launch(system: SystemUnderTest, ...wanted: readonly (readonly [readonly Role[], Partial<CopySettings>?])[]): Promise<Copy[]> {
    return Promise.all(wanted.map(([roles, more]) => system.launch(roles, more).ready()));
  }

  /** A pause by chance: the moment of a fault is not to be the same each time. */
  async pause(from_ms: number, to_ms: number): Promise<void> {
    await sleep(this.chance.between(from_ms, to_ms));
  }

  /** Done after the row in the opposite order, whether it held or not. */
  onEnd(ending: () => Promise<unknown>): void {
    this.endings.push(ending);
  }

  /** What drivers gave up for, and the last things that copies complained of. */
  get troubles(): readonly string[] {
    const givenUp = this.loads.flatMap(({ failure }) => (failure === undefined ? [] : [String(failure)]));
    return [...givenUp, ...this.systems.flatMap(({ troubles }) => troubles.slice(-5))];
  }

  async end(): Promise<void> {
    for (const ending of this.endings.splice(0).reverse()) await ending();
  }
}

/** The rows of a file, on a bus: each says its seed, and how to have it again when it fails. */
export const rowsOn = (bus: BusUnderTest): ((name: string, body: (row: Row) => Promise<void>, timeout_ms?: number) => void) => {
  let current: Row | undefined;
  afterEach(async () => current?.end());
  return (name, body, timeout_ms = 180_000) => {
    test(name, async () => {
      const seed = seedOfRun();
      const row = (current = new Row(new Chance(seed), bus));
      process.stdout.write(`${bus.name}: ${name}: CAIRN_SEED=${seed}\n`);
      try {
        await body(row);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const troubles = row.troubles.map((trouble) => `\n  ${trouble}`).join('');
        throw new Error(`${message}\n\nHad again with CAIRN_SEED=${seed}\nDrivers and copies said:${troubles}`, { cause: error });
      }
    }, timeout_ms);
  };
};
