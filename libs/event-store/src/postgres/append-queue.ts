import { EventStoreUnavailableError } from '../errors.js';
import type { AppendCommand } from './append-command.js';

/** What one flush carries, and how much may wait. */
export const flushLimits = {
  commandsMax: 256,
  /** A single larger append goes alone. */
  bytesMax: 8_000_000,
  waitingCommandsMax: 10_000,
  waitingBytesMax: 128_000_000,
  /** The second is made ready and sent while the database works on the first. */
  underWayMax: 2,
  /** Half a flush, where Node is what appends wait for. With fewer events the commit costs more than is won. */
  halfEventsMin: 32,
} as const;

/**
 * Collects appends while a flush is under way and hands them over together as soon as it is done: no timer, so a
 * lone append waits for nobody. When a whole flush waits already, it is handed over at once, so that it is made ready
 * meanwhile. Where Node itself is busy, half a flush is enough for that, and what waits while none is under way is
 * handed over in two halves: callers that wait for one flush would let Node and the database take turns. At most one
 * append for each stream is under way, in the order of the calls.
 */
export class AppendQueue {
  private waiting: AppendCommand[] = [];
  private waitingBytes = 0;
  private waitingEvents = 0;
  private underWay = 0;
  private readonly busy = new Set<string>();
  private scheduled = false;
  private whenIdle: (() => void)[] = [];

  /**
   * @param flush settles or gives back (`putBack`) each command it is given; does not reject.
   * @param isNodeBusy whether more is won by two flushes that overlap than a commit costs.
   */
  constructor(
    private readonly flush: (batch: readonly AppendCommand[]) => Promise<void>,
    private readonly isNodeBusy: () => boolean = () => false,
  ) {}

  /** @throws EventStoreUnavailableError when too much waits already. */
  push(command: AppendCommand): void {
    const { bytes } = command.append;
    if (
      this.waiting.length >= flushLimits.waitingCommandsMax ||
      this.waitingBytes + bytes > flushLimits.waitingBytesMax
    ) {
      throw new EventStoreUnavailableError('Too many appends wait already; this one was not stored');
    }
    this.waiting.push(command);
    this.count(command, 1);
    if (this.scheduled) return;
    this.scheduled = true;
    // Callers that append in the same turn of the event loop share the first flush.
    queueMicrotask(() => {
      this.scheduled = false;
      this.start();
    });
  }

  putBack(command: AppendCommand): void {
    this.waiting.unshift(command);
    this.count(command, 1);
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    if (this.waiting.length === 0 && this.underWay === 0) return;
    await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private start(): void {
    while (this.isDue) {
      const batch = this.next();
      if (batch.length === 0) break;
      this.underWay += 1;
      void this.flush(batch).then(() => this.ended(batch));
    }
    if (this.waiting.length > 0 || this.underWay > 0) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  private ended(batch: readonly AppendCommand[]): void {
    this.underWay -= 1;
    for (const { append } of batch) this.busy.delete(append.stream);
    this.start();
  }

  private get isDue(): boolean {
    if (this.waiting.length === 0 || this.underWay === 0) return this.waiting.length > 0;
    const { commandsMax, bytesMax, underWayMax, halfEventsMin } = flushLimits;
    if (this.underWay >= underWayMax) return false;
    const whole = this.waiting.length >= commandsMax || this.waitingBytes >= bytesMax;
    return whole || (this.waitingEvents >= halfEventsMin && this.isNodeBusy());
  }

  /** How many events the next flush should have at most; a command is not divided. */
  private get eventsMax(): number {
    const halves = this.underWay === 0 && this.waitingEvents >= 2 * flushLimits.halfEventsMin && this.isNodeBusy();
    return halves ? this.waitingEvents / 2 : Number.POSITIVE_INFINITY;
  }

  private count({ append }: AppendCommand, sign: 1 | -1): void {
    this.waitingBytes += sign * append.bytes;
    this.waitingEvents += sign * append.events.length;
  }

  private next(): readonly AppendCommand[] {
    const now = performance.now();
    const passed = new Set<string>();
    const batch: AppendCommand[] = [];
    const rest: AppendCommand[] = [];
    const { eventsMax } = this;
    let [bytes, events] = [0, 0];
    for (const command of this.waiting) {
      const { append, deadlineMs } = command;
      if (deadlineMs < now) {
        this.count(command, -1);
        command.fail(new EventStoreUnavailableError('The append waited too long for its turn; it was not stored'));
      } else if (
        batch.length === flushLimits.commandsMax ||
        events >= eventsMax ||
        passed.has(append.stream) ||
        this.busy.has(append.stream) ||
        (batch.length > 0 && bytes + append.bytes > flushLimits.bytesMax)
      ) {
        // What follows in the same stream must not overtake.
        passed.add(append.stream);
        rest.push(command);
      } else {
        this.busy.add(append.stream);
        bytes += append.bytes;
        events += append.events.length;
        this.count(command, -1);
        batch.push(command);
      }
    }
    this.waiting = rest;
    return batch;
  }
}
