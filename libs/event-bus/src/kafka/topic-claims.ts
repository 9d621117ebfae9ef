import type { TopicClaim } from '../event-bus.js';
import { TopicTakenError } from '../event-bus.js';
import type { LogTopic } from './log-topic.js';
import type { FetchedRecord } from './wire/wire-record.js';

interface Holder extends TopicClaim {
  /** RFC 3339, UTC. */
  readonly since: string;
}

const keyOf = (topic: string): string => `topic-claim:${topic}`;

/**
 * Which record each topic of the prefix carries. Claims stand in the topic that names the log, so that they go with it, and
 * whoever asks reads them in their one order: the first claim of a topic holds, and a later one only when it names the same
 * record or the same publisher. That one then stands in its place, as after a move of the record. Of two that claim at
 * once the first in the log has won, and the other one reads so.
 */
export class TopicClaims {
  private readonly holders = new Map<string, Holder>();
  private readUpTo = 0n;
  /** Of the log that the holders were read from. */
  private logId: string | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: Pick<LogTopic, 'id' | 'note' | 'recordsFrom'>) {}

  /** @throws TopicTakenError, EventBusUnavailableError */
  take(topic: string, claim: TopicClaim): Promise<void> {
    const turn = this.tail.then(() => this.takeNow(topic, claim));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async takeNow(topic: string, claim: TopicClaim): Promise<void> {
    await this.read();
    const holder = this.holders.get(topic);
    if (holder?.recordId === claim.recordId && holder.publisherId === claim.publisherId) return;
    if (holder === undefined || isSame(holder, claim)) {
      await this.log.note(keyOf(topic), JSON.stringify(claim));
      await this.read();
    }
    const winner = this.holders.get(topic);
    if (winner === undefined || !isSame(winner, claim)) throw taken(topic, winner);
  }

  private async read(): Promise<void> {
    const logId = await this.log.id();
    if (logId !== this.logId) {
      this.holders.clear();
      this.readUpTo = 0n;
      this.logId = logId;
    }
    for await (const record of this.log.recordsFrom(this.readUpTo)) {
      this.heed(record);
      this.readUpTo = BigInt(record.offset) + 1n;
    }
  }

  private heed({ key, value, timestamp }: FetchedRecord): void {
    if (key === null || !key.startsWith(keyOf(''))) return;
    const topic = key.slice(keyOf('').length);
    const [holder, claim] = [this.holders.get(topic), claimOf(value)];
    if (claim === undefined || (holder !== undefined && !isSame(holder, claim))) return;
    this.holders.set(topic, { ...claim, since: holder?.since ?? new Date(Number(timestamp)).toISOString() });
  }
}

const isSame = (one: TopicClaim, other: TopicClaim): boolean =>
  one.recordId === other.recordId || (one.publisherId !== undefined && one.publisherId === other.publisherId);

const claimOf = (value: string | null): TopicClaim | undefined => {
  try {
    const { recordId, publisherId } = JSON.parse(value ?? '') as Partial<TopicClaim>;
    if (typeof recordId !== 'string') return undefined;
    return typeof publisherId === 'string' ? { recordId, publisherId } : { recordId };
  } catch {
    // What others have written there claims nothing, and holds nobody up.
    return undefined;
  }
};

const taken = (topic: string, holder: Holder | undefined): TopicTakenError =>
  new TopicTakenError(
    `Topic ${topic} carries the facts of another installation${holder === undefined ? '' : `, since ${holder.since}`}: ` +
      'give this one a topic prefix of its own, or delete all topics of the prefix if that installation is gone',
  );
