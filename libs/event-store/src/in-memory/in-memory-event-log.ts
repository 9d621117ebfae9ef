import { randomUUID } from 'node:crypto';

import type { ChainedEvent } from '../chain-append.js';
import type { RecordedEvent, StreamId } from '../event.js';

/** The record of an in-memory store: all events in their order, and where each stream and id is. */
export class InMemoryEventLog {
  /** Names the record, for as long as this process keeps it. */
  readonly id = randomUUID();
  private readonly events: RecordedEvent[] = [];
  private readonly streams = new Map<StreamId, RecordedEvent[]>();
  private readonly ids = new Map<StreamId, Map<string, RecordedEvent>>();

  get all(): readonly RecordedEvent[] {
    return this.events;
  }

  stream(stream: StreamId): readonly RecordedEvent[] {
    return this.streams.get(stream) ?? [];
  }

  find(stream: StreamId, eventId: string): RecordedEvent | undefined {
    return this.ids.get(stream)?.get(eventId);
  }

  add(events: readonly ChainedEvent[]): readonly RecordedEvent[] {
    return events.map((event) => {
      const recorded = deepFreeze({ ...event, position: String(this.events.length + 1) });
      this.events.push(recorded);
      entry(this.streams, event.stream, () => []).push(recorded);
      entry(this.ids, event.stream, () => new Map<string, RecordedEvent>()).set(event.id, recorded);
      return recorded;
    });
  }
}

const entry = <Value>(map: Map<StreamId, Value>, key: StreamId, make: () => Value): Value => {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
};

/** Readers are handed the record itself, so nobody may write into it. */
const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};
