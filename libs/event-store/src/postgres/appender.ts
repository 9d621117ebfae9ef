import { chainAppend } from '../chain-append.js';
import { EventStoreUnavailableError, WrongExpectedVersionError } from '../errors.js';
import type { RecordedEvent } from '../event.js';
import type { Appended } from '../event-store.js';
import { chainStart } from '../hash-chain.js';
import { answerOf, repeatedAppend } from '../repeated-append.js';
import type { CheckedAppend } from '../validate-append.js';
import { AppendCommand } from './append-command.js';
import type { AppendConnection } from './append-connection.js';
import { AppendQueue } from './append-queue.js';
import type { LinkedAppend } from './append-statements.js';
import { appendQuery, headsQuery, repeatedQuery } from './append-statements.js';
import type { EventRow, HeadRow } from './event-row.js';
import { chainHeadOf, eventOf } from './event-row.js';
import { NodeLoad } from './node-load.js';
import { isConnectionLost, isTimeout, normalised } from './postgres-errors.js';
import { StreamHeads } from './stream-heads.js';

interface Linked extends LinkedAppend {
  readonly command: AppendCommand;
}

/** Appends for all callers of a process over one connection, many in one statement. */
export class Appender {
  private readonly load = new NodeLoad();
  private readonly queue = new AppendQueue(
    (batch) => this.flush(batch),
    () => this.load.isBusy,
  );
  private readonly heads = new StreamHeads();

  constructor(
    private readonly connection: AppendConnection,
    /** Quoted. */
    private readonly schema: string,
    private readonly waitMsMax: number,
  ) {}

  append(append: CheckedAppend): Promise<Appended> {
    const command = new AppendCommand(append, performance.now() + this.waitMsMax);
    this.queue.push(command);
    return command.answer;
  }

  /** Lets what was accepted end. */
  async idle(): Promise<void> {
    await this.queue.idle();
  }

  private async flush(batch: readonly AppendCommand[]): Promise<void> {
    try {
      await this.tryFlush(batch);
    } catch (error) {
      if (isTimeout(error)) this.failAll(batch, error);
      else await this.oneByOne(batch);
    }
  }

  /**
   * After a failed flush: one bad command must not fail its neighbours, and what was in doubt because the connection
   * was lost is found again by its ids.
   */
  private async oneByOne(batch: readonly AppendCommand[]): Promise<void> {
    for (const command of batch) {
      if (command.settled) continue;
      this.heads.delete(command.append.stream);
      try {
        await this.tryFlush([command]);
      } catch (error) {
        // No connection for one is none for all.
        if (isConnectionLost(error)) return this.failAll(batch, error);
        command.fail(normalised(error));
      }
    }
  }

  private failAll(batch: readonly AppendCommand[], error: unknown): void {
    for (const command of batch) {
      this.heads.delete(command.append.stream);
      if (!command.settled) command.fail(normalised(error));
    }
  }

  private async tryFlush(batch: readonly AppendCommand[]): Promise<void> {
    await this.lookUp(batch.filter((command) => !this.hasHead(command)));
    const linked = batch.filter((command) => !command.settled).map((command) => this.link(command));
    if (linked.length === 0) return;
    const rows = await this.connection.query<{ command: string; last_pos: string }>(appendQuery(this.schema, linked));
    const positions = new Map(rows.map((row) => [Number(row.command), Number(row.last_pos)]));
    for (const [index, entry] of linked.entries()) this.settle(entry, positions.get(index + 1));
  }

  private hasHead({ append, confirm }: AppendCommand): boolean {
    if (confirm) return false;
    return append.expectedVersion === 0 || this.heads.get(append.stream)?.version === append.expectedVersion;
  }

  /**
   * Fetches the heads that are not known, and answers what needs no append any more: stored before, or made on
   * another version. Heads are read before ids, so that a double that is stored in between is seen as a double.
   */
  private async lookUp(commands: readonly AppendCommand[]): Promise<void> {
    if (commands.length === 0) return;
    const appends = commands.map(({ append }) => append);
    const headRows = await this.connection.query<HeadRow & { stream_id: string }>(headsQuery(this.schema, appends));
    const heads = new Map(headRows.map((row) => [row.stream_id, chainHeadOf(row)]));
    const storedRows = await this.connection.query<EventRow>(repeatedQuery(this.schema, appends));
    for (const command of commands) {
      const { append } = command;
      const head = heads.get(append.stream) ?? chainStart;
      this.heads.set(append.stream, head);
      this.decide(command, head.version, storedRows.filter((row) => row.stream_id === append.stream));
    }
  }

  private decide(command: AppendCommand, actual: number, storedRows: readonly EventRow[]): void {
    const { append } = command;
    try {
      const repeated = repeatedAppend(append, storedRows.map(eventOf));
      if (repeated) command.succeed(repeated);
      else if (actual !== append.expectedVersion) {
        command.fail(new WrongExpectedVersionError(append.stream, append.expected, actual));
      }
    } catch (error) {
      command.fail(error);
    }
  }

  private link(command: AppendCommand): Linked {
    const { append } = command;
    const head = append.expectedVersion === 0 ? chainStart : (this.heads.get(append.stream) ?? chainStart);
    return { command, append, previousHash: head.hash, events: chainAppend(append, head) };
  }

  private settle({ command, append, events }: Linked, lastPosition: number | undefined): void {
    const last = events.at(-1);
    if (lastPosition === undefined || !last) {
      // The guess was wrong. The next flush asks before it tries, and then answers or has the right head.
      this.heads.delete(append.stream);
      command.confirm = true;
      this.queue.putBack(command);
      return;
    }
    // Not the event itself, which would keep the data of thousands of events in memory.
    this.heads.set(append.stream, { version: last.version, hash: last.hash, recordedAt: last.recordedAt });
    const first = lastPosition - events.length + 1;
    const recorded = events.map((event, index): RecordedEvent => Object.assign(event, { position: String(first + index) }));
    command.succeed(answerOf(append.stream, recorded));
  }
}

/** What a store that is closed answers. */
export const closedError = (scope: string): EventStoreUnavailableError =>
  new EventStoreUnavailableError(`The event store ${scope} is closed`);
