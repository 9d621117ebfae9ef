import { DamagedEventError } from '../errors.js';
import type { RecordedEvent, StreamId } from '../event.js';
import { chainStart } from '../hash-chain.js';
import type { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { StreamGoneError } from './client/eventstoredb-calls.js';
import { readStreamRequest } from './client/read-requests.js';
import { recordedEvent } from './recorded-envelope.js';

/** What the metadata of a stream may hold that hides events from its readers. */
const hiding = ['$tb', '$maxCount', '$maxAge'] as const;

/** Reads streams as the port means them: from version 1 without gaps, and a deleted one is damage. */
export class StreamReader {
  constructor(
    private readonly calls: EventStoreDbCalls,
    private readonly namespace: string,
  ) {}

  nameOf(stream: StreamId): string {
    return `${this.namespace}${stream}`;
  }

  /** @param from first version, inclusive. @throws DamagedEventError */
  async forwards(stream: StreamId, from: number, limit: number): Promise<readonly RecordedEvent[]> {
    const events = await this.read(stream, { from: from - 1, count: limit });
    events.forEach((event, index) => assertVersion(event, from + index));
    return events;
  }

  /** @param from last version, inclusive; without it, or beyond the end, the end. @throws DamagedEventError */
  async backwards(stream: StreamId, from: number | undefined, limit: number): Promise<readonly RecordedEvent[]> {
    let events = await this.read(stream, { ...(from !== undefined && { from: from - 1 }), count: limit, backwards: true });
    // Servers differ in what they make of a revision beyond the end.
    if (events.length === 0 && from !== undefined) events = await this.endOf(stream, from, limit);
    const [first] = events;
    if (first) events.forEach((event, index) => assertVersion(event, first.version - index));
    const last = events.at(-1);
    // Fewer than asked for, and not at the beginning: what was before is not there any more.
    if (last && events.length < limit) assertVersion(last, 1);
    return events;
  }

  private async endOf(stream: StreamId, before: number, limit: number): Promise<readonly RecordedEvent[]> {
    const events = await this.read(stream, { count: limit, backwards: true });
    return (events[0]?.version ?? 0) < before ? events : [];
  }

  private async read(
    stream: StreamId,
    options: { readonly from?: number; readonly count: number; readonly backwards?: boolean },
  ): Promise<readonly RecordedEvent[]> {
    const name = this.nameOf(stream);
    try {
      const answers = await this.calls.read(readStreamRequest(name, options));
      return answers.map((answer) => recordedEvent(this.namespace, answer));
    } catch (error) {
      if (!(error instanceof StreamGoneError)) throw error;
      if (error.kind === 'tombstoned') throw deleted(stream, 'the stream was tombstoned');
      await this.assertNeverWritten(stream);
      return [];
    }
  }

  /** A stream that was deleted reads like one that never was; its metadata tells. */
  private async assertNeverWritten(stream: StreamId): Promise<void> {
    const metastream = `$$${this.nameOf(stream)}`;
    try {
      const [answer] = await this.calls.read(readStreamRequest(metastream, { count: 1, backwards: true }));
      const bytes = answer?.getEvent()?.getData_asU8();
      if (!bytes || bytes.length === 0) return;
      const metadata: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
      const found = hiding.find((name) => typeof metadata === 'object' && metadata !== null && name in metadata);
      if (found) throw deleted(stream, `the stream was deleted or truncated: its metadata has ${found}`);
    } catch (error) {
      if (!(error instanceof StreamGoneError)) throw error;
      if (error.kind === 'tombstoned') throw deleted(stream, 'the stream was tombstoned');
    }
  }
}

/** Damage that is not at one event: all of the stream is gone. */
const deleted = (stream: StreamId, damage: string): DamagedEventError =>
  new DamagedEventError(stream, 1, '0', chainStart.hash, damage);

const assertVersion = ({ stream, version, position, hash }: RecordedEvent, expected: number): void => {
  if (version === expected) return;
  const damage = `version ${expected} was to come here: what was before is deleted or truncated`;
  throw new DamagedEventError(stream, version, position, hash, damage);
};
