import type { RecordedEvent } from '../event.js';
import { eventStoreLimits } from '../event.js';
import type { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { readAllRequest } from './client/read-requests.js';
import type { LogTail } from './log-tail.js';
import { recordedEvent } from './recorded-envelope.js';

export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** There may be more behind it. */
  readonly full: boolean;
}

export interface LogReaderOptions {
  readonly calls: EventStoreDbCalls;
  readonly tail: LogTail;
  readonly namespace: string;
  /** With which the names of the scope's streams begin. */
  readonly prefix: string;
}

/** Reads the events of the scope out of the server's log. */
export class LogReader {
  constructor(private readonly options: LogReaderOptions) {}

  /** Up to `count` events of the scope behind a position; fewer when there are no more, or when they are large. */
  async after(position: number, count: number): Promise<LogPage> {
    const { calls, tail, namespace, prefix } = this.options;
    const from = tail.skipTo(position);
    // A read starts with the event at its position, of which it is not known here whether it is one of the scope.
    const request = from === 0 ? { count } : { from, count: count + 1 };
    const read = await calls.search(readAllRequest({ ...request, prefix }), eventStoreLimits.readBytesMax);
    const events: RecordedEvent[] = [];
    for (const answer of read.answers) {
      if (events.length === count) break;
      if (Number(answer.getCommitPosition()) <= from && from > 0) continue;
      events.push(recordedEvent(namespace, answer));
    }
    return { events, full: read.cut || events.length === count };
  }
}
