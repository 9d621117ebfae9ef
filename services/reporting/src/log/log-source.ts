import type { SqlSession } from '@cairn/event-bus';
import type { ProjectionSource } from '@cairn/service-kit';

import type { LogTail } from './log-tail.js';
import { logHead, readLog } from './read-log.js';
import type { ReceivedEvent } from './received-event.js';

/** The log of received events as the source of this service's read models; positions are decimal numbers. */
export const logSource = (session: SqlSession, tail: LogTail): ProjectionSource<ReceivedEvent> => ({
  read: async (after, limit) => {
    const from = Number(after ?? 0);
    const events = tail.after(from, limit) ?? (await readLog(session, from, limit));
    const last = events.at(-1);
    return { events, readUpTo: last === undefined ? after : String(last.logPosition), isLast: events.length < limit };
  },
  head: async () => {
    const head = await logHead(session);
    return head === 0 ? undefined : String(head);
  },
  compare: (left, right) => Number(left) - Number(right),
  positionOf: ({ logPosition }) => String(logPosition),
});
