import type { Incoming, OutgoingMessage, Watermark } from '../event-bus.js';
import { partitionOfKey } from '../partitioner.js';
import type { EventEntry, FirstOffsets, LogEntry } from './polled-log.js';

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

/** What was appended to a topic, by partition: empty where only that something was. */
export interface AppendedEntries {
  readonly topic: string;
  readonly partitions: ReadonlyMap<number, readonly Incoming[]>;
}

/** The entries as readers get them, in the order of their offsets, where the log has told the first of them. */
export const appendedBy = (topic: string, entries: readonly LogEntry[], firsts: FirstOffsets | undefined): AppendedEntries => {
  const partitions = new Map<number, Incoming[]>();
  for (const entry of entries) {
    const before = partitions.get(entry.partition) ?? [];
    partitions.set(entry.partition, before);
    const first = firsts?.get(entry.partition);
    if (first !== undefined) before.push({ ...entry, topic, offset: String(first + BigInt(before.length)) });
  }
  return { topic, partitions };
};
