import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

/** One event that a driver wants on record. */
export interface Stone {
  readonly id: string;
  readonly weight: number;
  /** Default 1. */
  readonly schemaVersion?: number;
  /** What a consumer with the bug cannot take in. */
  readonly poison?: boolean;
  /** How many characters the event carries beside. */
  readonly pad?: number;
}

/** What a driver sends, and sends again with the same ids until it is answered. */
export interface Command {
  readonly id: string;
  readonly stream: string;
  readonly stones: readonly Stone[];
}

export interface Acknowledged extends Stone {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
}

/**
 * What was asked for and what was acknowledged, kept by the driving process in memory and in a file, apart from all that
 * is under test. A line is flushed to the disk before the driver goes on.
 */
export class AppendLedger {
  readonly asked = new Map<string, Command>();
  readonly streams = new Map<string, Acknowledged[]>();
  /** Acknowledgements that contradict each other. */
  readonly contradictions: string[] = [];
  acknowledgements = 0;
  events = 0;
  private readonly commands = new Map<string, number>();
  private waiting: string[] = [];
  private flushing: Promise<void> | undefined;

  private constructor(private file: FileHandle | undefined) {}

  /** @param path where the lines go; without one the ledger is in memory alone */
  static async open(path?: string): Promise<AppendLedger> {
    return new AppendLedger(path === undefined ? undefined : await open(path, 'a'));
  }

  async ask(command: Command): Promise<void> {
    this.asked.set(command.id, command);
    await this.write({ asked: command });
  }

  /** @param version of the stream after the append. @param position of its last event. */
  async acknowledge(command: Command, version: number, position: string): Promise<void> {
    this.acknowledgements += 1;
    const before = this.commands.get(command.id);
    if (before !== undefined && before !== version) {
      this.contradictions.push(`command ${command.id} was answered with version ${before}, then ${version}`);
    }
    if (before === undefined) this.enter(command, version, Number(position));
    this.commands.set(command.id, version);
    await this.write({ acknowledged: command.id, version, position });
  }

  /** Every event that was acknowledged, in the order of the record. */
  inOrder(): readonly Acknowledged[] {
    return [...this.streams.values()].flat().filter(Boolean).sort((left, right) => left.position - right.position);
  }

  /** Commands that nobody has acknowledged: they may stand on record or not, but never in part. */
  unanswered(): readonly Command[] {
    return [...this.asked.values()].filter(({ id }) => !this.commands.has(id));
  }

  /** May be called twice. */
  async close(): Promise<void> {
    await this.flushing;
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  private enter(command: Command, version: number, position: number): void {
    const entries = this.streams.get(command.stream) ?? [];
    this.streams.set(command.stream, entries);
    const count = command.stones.length;
    for (const [at, stone] of command.stones.entries()) {
      const of = version - count + at + 1;
      const other = entries[of - 1];
      if (other) this.contradictions.push(`version ${of} of ${command.stream} was given to ${other.id} and ${stone.id}`);
      entries[of - 1] = { ...stone, stream: command.stream, version: of, position: position - count + at + 1 };
    }
    this.events += count;
  }

  /** Lines that come while the disk is busy share the next flush. */
  private async write(line: object): Promise<void> {
    if (!this.file) return;
    this.waiting.push(JSON.stringify(line));
    this.flushing ??= this.flush(this.file);
    await this.flushing;
    if (this.waiting.length > 0) await (this.flushing ??= this.flush(this.file));
  }

  private async flush(file: FileHandle): Promise<void> {
    const lines = this.waiting.splice(0);
    await file.write(`${lines.join('\n')}\n`);
    await file.datasync();
    this.flushing = undefined;
  }
}
