import type { SqlSession } from '@cairn/event-bus';

import type { ReceivedEvent } from './received-event.js';

const eventsMax = 1_000;
/** Those of older events are read again by who is so far behind. */
const historiesMax = 200;

const withoutHistory = ({ logPosition, event }: ReceivedEvent): ReceivedEvent => ({ logPosition, event });

/**
 * The newest events of the log, as far as this process has appended them: its read models need not ask for what was in
 * its hands a moment ago. It only ever holds what was committed, without a gap; what it does not hold, the log does.
 */
export class LogTail {
  private readonly appended = new WeakMap<SqlSession, Promise<readonly ReceivedEvent[]>>();
  private events: readonly ReceivedEvent[] = [];

  /** A transaction has appended these, and may still be rolled back. */
  append(session: SqlSession, events: Promise<readonly ReceivedEvent[]>): void {
    this.appended.set(session, events);
  }

  /** The transaction was committed. Of two that end at once, the one that appended first may be told of last. */
  async committed(session: SqlSession): Promise<void> {
    const events = (await this.appended.get(session)) ?? [];
    const [first] = events;
    const end = this.events.at(-1)?.logPosition;
    if (first === undefined || (end !== undefined && first.logPosition <= end)) return;
    const all = (first.logPosition - 1 === end ? [...this.events, ...events] : events).slice(-eventsMax);
    const old = Math.max(0, all.length - historiesMax);
    const grownOld = all.slice(Math.max(0, old - events.length), old).map(withoutHistory);
    all.splice(old - grownOld.length, grownOld.length, ...grownOld);
    this.events = all;
  }

  /** Up to `limit` events after the position (exclusive); undefined where it cannot tell which event comes next. */
  after(position: number, limit: number): readonly ReceivedEvent[] | undefined {
    const [first] = this.events;
    const end = this.events.at(-1)?.logPosition;
    if (first === undefined || end === undefined || position < first.logPosition - 1 || position >= end) return undefined;
    const skipped = position - first.logPosition + 1;
    return this.events.slice(skipped, skipped + limit);
  }
}
