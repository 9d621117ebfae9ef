import type { ConsumeOptions, Incoming } from '../event-bus.js';
import type { PartitionId, PolledLog, ReadLimits } from './polled-log.js';
import { backOff, Signal } from './signal.js';
import { ToldMessages } from './told-messages.js';
import { StoppedWaitingError, unlessStopped } from './unless-stopped.js';

export interface WorkerOptions {
  readonly log: PolledLog;
  readonly from: PartitionId;
  readonly fence: number;
  readonly limits: ReadLimits;
  readonly consume: ConsumeOptions;
  /** False once the lease has run out unrenewed: nothing is handed out then. */
  readonly leaseHeld: () => boolean;
  /** Called when everything that the poller has seen so far is handled, so that it looks again soon. */
  readonly onWaiting: () => void;
  /** Called when the handler has resolved. */
  readonly onHandled: (lastOffset: string) => void;
}

const retryFirstMs = 50;
const retryMaxMs = 2_000;

/** Hands the messages of one owned partition to the handler, one batch after the other, as long as it is owned. */
export class PartitionWorker {
  readonly ended: Promise<void>;
  private readonly signal = new Signal();
  private readonly stopping = new AbortController();
  /** Offset to read next; undefined until the checkpoint was asked. */
  private next: bigint | undefined;
  private end = -1n;
  /** Something was appended since the last read began, as far as a publisher of this process has told. */
  private hinted = false;
  /** What came last was read from the log, which may have more by now. */
  private found = true;
  private readonly told = new ToldMessages();
  /** The log may be another one by now: where to go on is to be asked anew. */
  private doubted = false;
  private failures = 0;

  constructor(private readonly options: WorkerOptions) {
    this.ended = this.run();
  }

  get from(): PartitionId {
    return this.options.from;
  }

  get fence(): number {
    return this.options.fence;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** True when it waits for the poller to see something new. */
  get waiting(): boolean {
    return this.next !== undefined && this.next >= this.end;
  }

  /** The poller saw the end of the partition; answers whether there is something new to read. */
  endSeen(end: bigint): boolean {
    if (end <= this.end) return false;
    this.end = end;
    this.signal.notify();
    return true;
  }

  /** To be told after an append: it is read at once, without a question where it is known what it was. */
  appended(messages: readonly Incoming[]): void {
    this.hinted = true;
    this.told.add(messages);
    this.signal.notify();
  }

  /** To be told when the log did not answer: by the time it does, it may be another one, whose offsets mean something else. */
  doubt(): void {
    this.doubted = true;
    this.signal.notify();
  }

  /** No batch is started any more; `ended` resolves once the handler that runs has returned. */
  stop(): void {
    this.stopping.abort();
    this.signal.notify();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.step();
        this.failures = 0;
      } catch (error) {
        if (error instanceof StoppedWaitingError) return;
        // The effect may have been kept although the answer was lost: only the checkpoint knows where to go on.
        this.next = undefined;
        this.options.consume.onError?.(error);
        await this.pause(backOff(this.failures, retryFirstMs, retryMaxMs));
        this.failures += 1;
      }
    }
  }

  private async step(): Promise<void> {
    if (this.doubted) {
      this.next = undefined;
      this.told.clear();
    }
    this.doubted = false;
    this.next ??= await this.startingOffset();
    const awaited = this.next >= this.end;
    if (awaited && !this.hinted) {
      if (this.found) this.options.onWaiting();
      return this.signal.wait();
    }
    if (!this.options.leaseHeld()) return this.pause(retryFirstMs);
    const { log, from, limits, consume, fence } = this.options;
    const told = this.told.take(this.next, limits);
    this.hinted = this.told.hasMore;
    this.found = told === undefined;
    const messages = told ?? (await unlessStopped(log.read(from, this.next, limits), this.stopping.signal));
    const last = messages.at(-1);
    if (this.stopped) return;
    // What a hint was about may have been read already, by the end that a poll had seen.
    if (last === undefined && awaited) return;
    if (last === undefined) {
      throw new Error(`${from.topic}/${from.partition} ends at ${this.end}, and has nothing at ${this.next}`);
    }
    if (log.dense) this.checkDense(messages);
    await consume.handle({ ...from, messages, lastOffset: last.offset, fence });
    this.next = BigInt(last.offset) + 1n;
    if (this.next > this.end) this.end = this.next;
    this.options.onHandled(last.offset);
  }

  private async startingOffset(): Promise<bigint> {
    const { topic, partition } = this.options.from;
    const { log, from, consume } = this.options;
    const checkpoint = await consume.checkpoint(topic, partition);
    const [[end], [start = 0n]] = await Promise.all([
      unlessStopped(log.ends([from]), this.stopping.signal),
      unlessStopped(log.starts([from]), this.stopping.signal),
    ]);
    const next = checkpoint === undefined ? 0n : BigInt(checkpoint) + 1n;
    if (end !== undefined && next > end) {
      // To wait here in silence would swallow everything published until the log has grown past the checkpoint.
      throw new Error(`The checkpoint ${checkpoint} of ${topic}/${partition} lies beyond the end of the log, ${end}`);
    }
    this.end = end ?? this.end;
    if (checkpoint !== undefined && next < start) {
      // What is gone does not come back by waiting; who had to read it is told, and the rest goes on.
      const gone = `${next} to ${start - 1n} of ${topic}/${partition}`;
      consume.onError?.(new Error(`Messages ${gone} were removed by the retention of the topic before they were read`));
    }
    return next < start ? start : next;
  }

  /** Offsets are dense: a gap means that the log lost something, and going on would hide it. */
  private checkDense(messages: readonly Incoming[]): void {
    let expected = this.next ?? 0n;
    for (const { offset, topic, partition } of messages) {
      if (BigInt(offset) !== expected) {
        throw new Error(`${topic}/${partition} has a gap: ${offset} follows, not ${expected}`);
      }
      expected += 1n;
    }
  }

  /** A pause that new messages do not cut short, but `stop` does. */
  private async pause(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!this.stopped && performance.now() < until) await this.signal.wait(until - performance.now());
  }
}
