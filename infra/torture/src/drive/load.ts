import { setTimeout as sleep } from 'node:timers/promises';

import type { Chance } from '../chance.js';
import type { AppendLedger, Command, Stone } from '../ledger/append-ledger.js';
import type { Copy } from '../system/copy.js';
import { CopyFailedError, NoAnswerError } from '../system/copy.js';
import { scope } from '../system/settings.js';

export interface LoadOptions {
  /** Callers at once; default 6. */
  readonly lanes?: number;
  /** Default 18; each belongs to one lane. */
  readonly streams?: number;
  /** Streams that all lanes race for; default 2. */
  readonly contested?: number;
  /** Events of one command, at most; default 5. */
  readonly stonesMax?: number;
  /** The longest pause between two commands of a lane; default 15. */
  readonly pause_ms?: number;
  /** How long an answer is waited for before the command is sent again; default 2,000. */
  readonly timeout_ms?: number;
  /** How many characters each event carries beside; default none. */
  readonly pad?: number;
  /** Part of the names of the streams, when several loads run over one record. */
  readonly name?: string;
}

/** Drivers that append with ids of their own, and send a command again until it is acknowledged. */
export class Load {
  retries = 0;
  conflicts = 0;
  /** What a driver gave up for; `stop` throws it, too. */
  failure: unknown;
  private goOn = false;
  private running: Promise<unknown> = Promise.resolve();
  private readonly known = new Map<string, number>();

  constructor(
    private readonly chance: Chance,
    private readonly ledger: AppendLedger,
    /** The copies that can be asked to append, at this moment. */
    private readonly writers: () => readonly Copy[],
    private readonly options: LoadOptions = {},
  ) {}

  start(): void {
    this.goOn = true;
    const { lanes = 6 } = this.options;
    this.running = Promise.all(Array.from({ length: lanes }, (_, lane) => this.drive(lane, this.chance.fork())));
    this.running.catch((error: unknown) => (this.failure = error));
  }

  /** Begins no more commands; resolves once every one that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.goOn = false;
    await this.running;
  }

  /** One command for a stream that no lane writes to. */
  async append(name: string, stones: readonly Partial<Stone>[]): Promise<void> {
    const made = stones.map((stone) => ({ ...this.stone(this.chance), ...stone }));
    await this.send({ id: this.chance.uuid(), stream: `${scope}.cairn-${name}`, stones: made }, false, this.chance);
  }

  /** Sends the command until it is answered, with the expected version of its first attempt unless it is raced for. */
  async send(command: Command, raced: boolean, chance: Chance): Promise<void> {
    await this.ledger.ask(command);
    let expected = this.known.get(command.stream) ?? 0;
    for (;;) {
      try {
        const writer = await this.writer(chance);
        const { version, position } = await writer.append(command, expected, this.options.timeout_ms ?? 2_000);
        this.known.set(command.stream, Math.max(version, this.known.get(command.stream) ?? 0));
        return await this.ledger.acknowledge(command, version, position);
      } catch (error) {
        const actual = actualIn(error);
        if (actual === undefined) {
          this.retries += 1;
          await sleep(chance.between(5, 40));
        } else {
          if (!raced) throw new Error(`${command.stream} is at ${actual}, its only driver knows of ${expected}`, { cause: error });
          this.conflicts += 1;
          expected = actual;
        }
      }
    }
  }

  private async writer(chance: Chance): Promise<Copy> {
    for (;;) {
      const writers = this.writers().filter((copy) => copy.alive && copy.started);
      if (writers.length > 0) return chance.pick(writers);
      await sleep(10);
    }
  }

  private async drive(lane: number, chance: Chance): Promise<void> {
    const { lanes = 6, streams = 18, contested = 2, stonesMax = 5, pause_ms = 15, name = 'cairn' } = this.options;
    const own = Array.from({ length: streams }, (_, at) => at).filter((at) => at % lanes === lane);
    while (this.goOn) {
      const raced = contested > 0 && chance.next() < 0.2;
      const stream = raced ? `raced-${chance.between(1, contested)}` : `${name}-${chance.pick(own)}`;
      const count = chance.next() < 0.02 ? 60 : chance.between(1, stonesMax);
      const stones = Array.from({ length: count }, () => this.stone(chance));
      await this.send({ id: chance.uuid(), stream: `${scope}.${stream}`, stones }, raced, chance);
      await sleep(chance.next() * pause_ms);
    }
  }

  private stone(chance: Chance): Stone {
    const { pad } = this.options;
    return { id: chance.uuid(), weight: chance.between(1, 1_000), ...(pad === undefined ? {} : { pad }) };
  }
}

/** The version that the stream has, when that is why a command failed; undefined when it is worth the same again. */
const actualIn = (error: unknown): number | undefined => {
  if (error instanceof NoAnswerError) return undefined;
  if (!(error instanceof CopyFailedError)) throw error;
  if (error.failure === 'EventStoreUnavailableError') return undefined;
  if (error.failure === 'WrongExpectedVersionError' && error.actual !== undefined) return error.actual;
  throw error;
};
