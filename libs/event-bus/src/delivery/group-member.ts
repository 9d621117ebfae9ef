import { randomUUID } from 'node:crypto';
import type { ConsumeOptions, Consumption } from '../event-bus.js';
import { PartitionWorker } from './partition-worker.js';
import type { AppendedEntries } from './entries.js';
import type { Assignment, MemberOfGroup, PolledLog } from './polled-log.js';
import { Signal } from './signal.js';
import { unlessStopped } from './unless-stopped.js';

/** All in milliseconds. */
export interface DeliveryTimes {
  /** Between two looks while they find messages, which nobody in this process has told of. */
  readonly pollMs: number;
  /** The longest pause between two looks while nothing comes. */
  readonly idlePollMs: number;
  /** After this long without a heartbeat a member counts as dead, and others take its partitions. */
  readonly leaseMs: number;
  readonly heartbeatMs: number;
}

export const defaultDeliveryTimes: DeliveryTimes = { pollMs: 5, idlePollMs: 75, leaseMs: 2_500, heartbeatMs: 500 };

/** How soon a reader that waits is looked for, who in all likelihood waits for what this process will tell of. */
const toldLookMs = 25;
const batchBytesMax = 4_000_000;
const batchMessagesDefault = 500;

const nameOf = ({ topic, partition }: { topic: string; partition: number }): string => `${partition}@${topic}`;

/** One member of a consumer group: keeps its lease, polls for all of its partitions, and runs a worker for each. */
export class GroupMember implements Consumption {
  private readonly identity: MemberOfGroup;
  private readonly workers = new Map<string, PartitionWorker>();
  private readonly pollSignal = new Signal();
  private readonly heartbeatSignal = new Signal();
  private readonly releases = new Set<Promise<void>>();
  private loops: Promise<unknown> = Promise.resolve();
  private stopping: Promise<void> | undefined;
  private stopped = false;
  private readonly stoppedPolling = new AbortController();
  private leaseEndsAt = 0;
  private pollDelayMs: number;
  /** What came last came from this process. */
  private isTold = false;
  /** By `performance.now()`; infinite while it looks, unless another look is asked for meanwhile. */
  private nextLookAt = Infinity;

  constructor(
    private readonly log: PolledLog,
    private readonly options: ConsumeOptions,
    private readonly times: DeliveryTimes,
    private readonly onStopped: (member: GroupMember) => void,
  ) {
    this.identity = { group: options.group, memberId: randomUUID() };
    this.pollDelayMs = times.pollMs;
  }

  get topics(): readonly string[] {
    return this.options.topics;
  }

  /** Joins the group; throws when the log does not answer. */
  async start(): Promise<void> {
    try {
      await this.beat();
    } catch (error) {
      // Whoever tries again is another member: what the log keeps of this one, connections included, would only add up. Nobody waits for it.
      void this.log.leave(this.identity).catch(() => undefined);
      throw error;
    }
    this.loops = Promise.all([this.keepLease(), this.poll()]);
  }

  wake(): void {
    if (this.isTold) this.lookBy(performance.now() + toldLookMs);
    else this.lookWithin(0);
  }

  /** Something was appended, as the publisher in this process knows. */
  appended({ topic, partitions }: AppendedEntries): void {
    // Where a reader that finds nothing is held up by the broker, the end is asked for first.
    if (!this.log.dense) return this.lookWithin(0);
    for (const worker of this.workers.values()) {
      const messages = worker.from.topic === topic ? partitions.get(worker.from.partition) : undefined;
      if (messages === undefined) continue;
      this.isTold = true;
      worker.appended(messages);
    }
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  /** Stops like a killed process: nothing is given back, the lease has to run out. Resolves at once. */
  abandon(): void {
    this.stopped = true;
    this.stoppedPolling.abort();
    this.pollSignal.notify();
    this.heartbeatSignal.notify();
    for (const worker of this.workers.values()) worker.stop();
    this.onStopped(this);
  }

  private async end(): Promise<void> {
    this.abandon();
    this.log.interrupt(this.identity);
    // A heartbeat on its way would bring the member back: leave after it.
    await Promise.all([this.loops, ...[...this.workers.values()].map((worker) => worker.ended)]);
    await Promise.all(this.releases);
    await this.log.leave(this.identity).catch((error: unknown) => this.options.onError?.(error));
  }

  private async keepLease(): Promise<void> {
    while (!this.stopped) {
      await this.heartbeatSignal.wait(this.times.heartbeatMs);
      if (this.stopped) return;
      await this.beat().catch((error: unknown) => {
        if (!this.stopped) this.options.onError?.(error);
      });
    }
  }

  private async beat(): Promise<void> {
    const askedAt = performance.now();
    const owned = await this.log.heartbeat(this.identity, this.options.topics, this.times.leaseMs);
    // Counted from before the question, so that our picture of the lease ends before that of the others.
    this.leaseEndsAt = askedAt + this.times.leaseMs;
    if (!this.stopped) this.reconcile(owned);
  }

  private reconcile(owned: readonly Assignment[]): void {
    const wanted = new Map(owned.map((assignment) => [nameOf(assignment), assignment]));
    for (const [name, worker] of this.workers) {
      const assignment = wanted.get(name);
      if (assignment?.fence !== worker.fence || assignment.surplus) this.retire(name, worker);
    }
    for (const [name, assignment] of wanted) {
      if (assignment.surplus && !this.workers.has(name)) this.release(assignment);
      // A worker that is still on its way out is followed at a later heartbeat, when its handler has returned.
      if (!assignment.surplus && !this.workers.has(name)) this.workers.set(name, this.work(assignment));
    }
  }

  private work(assignment: Assignment): PartitionWorker {
    return new PartitionWorker({
      log: this.log,
      from: { topic: assignment.topic, partition: assignment.partition },
      fence: assignment.fence,
      limits: { messagesMax: this.options.batchMessagesMax ?? batchMessagesDefault, bytesMax: batchBytesMax },
      consume: this.options,
      leaseHeld: () => performance.now() < this.leaseEndsAt,
      onWaiting: () => this.lookWithin(this.times.pollMs),
      onHandled: (lastOffset) => this.log.handled(this.identity, assignment, lastOffset),
    });
  }

  private retire(name: string, worker: PartitionWorker): void {
    worker.stop();
    void worker.ended.then(() => {
      if (this.workers.get(name) !== worker) return;
      this.workers.delete(name);
      // The next heartbeat tells whether the partition is to be released or worked on under a new fence.
      this.heartbeatSignal.notify();
    });
  }

  private release(assignment: Assignment): void {
    const done = this.log.release(this.identity, [assignment]).catch((error: unknown) => this.options.onError?.(error));
    this.releases.add(done);
    void done.then(() => this.releases.delete(done));
  }

  /** Messages come, or are waited for: the next look is no later than after so many milliseconds, and others follow soon. */
  private lookWithin(milliseconds: number): void {
    this.pollDelayMs = this.times.pollMs;
    this.lookBy(performance.now() + milliseconds);
  }

  private lookBy(latest: number): void {
    if (latest >= this.nextLookAt) return;
    this.nextLookAt = latest;
    this.pollSignal.notify();
  }

  private async untilNextLook(): Promise<void> {
    // One that was asked for during the last look may come sooner.
    this.nextLookAt = Math.min(this.nextLookAt, performance.now() + this.pollDelayMs);
    while (!this.stopped && performance.now() < this.nextLookAt) {
      await this.pollSignal.wait(this.nextLookAt - performance.now());
    }
    this.nextLookAt = Infinity;
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      await this.untilNextLook();
      if (this.stopped) return;
      try {
        const found = await this.look();
        if (found) this.isTold = false;
        this.pollDelayMs = found ? this.times.pollMs : Math.min(this.times.idlePollMs, this.pollDelayMs * 1.5);
      } catch (error) {
        if (this.stopped) return;
        for (const worker of this.workers.values()) worker.doubt();
        this.pollDelayMs = Math.min(1_000, Math.max(this.times.idlePollMs, this.pollDelayMs * 2));
        this.options.onError?.(error);
      }
    }
  }

  private async look(): Promise<boolean> {
    const waiting = [...this.workers.values()].filter((worker) => worker.waiting);
    if (waiting.length === 0) return false;
    const ends = await unlessStopped(this.log.ends(waiting.map((worker) => worker.from)), this.stoppedPolling.signal);
    return waiting.map((worker, at) => worker.endSeen(ends[at] ?? -1n)).includes(true);
  }
}
