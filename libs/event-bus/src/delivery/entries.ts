import type { OutgoingMessage, Watermark } from '../event-bus.js';
import { partitionOfKey } from '../partitioner.js';
import type { EventEntry, LogEntry } from './polled-log.js';

/** The messages with the partition of each. */
export const entriesOf = (messages: readonly OutgoingMessage[], partitions: number): readonly EventEntry[] =>
  messages.map((message) => ({ ...message, kind: 'event', partition: partitionOfKey(message.key, partitions) }));

/** The mark for every partition whose last event does not say as much, to be appended behind the events. */
export const marksBehind = (
  events: readonly EventEntry[],
  mark: Watermark,
  partitions: number,
): readonly LogEntry[] => {
  const last = new Map(events.map((event) => [event.partition, event]));
  return Array.from({ length: partitions }, (_, partition): LogEntry => ({ ...mark, kind: 'watermark', partition })).filter(
    ({ partition }) => {
      const event = last.get(partition);
      return event?.scope !== mark.scope || event.sourcePosition !== mark.position;
    },
  );
};
