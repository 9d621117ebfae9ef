import { randomUUID } from 'node:crypto';

import { openPostgresEventStore, SystemClock } from '@cairn/event-store';
import type { NewEvent, RecordedEvent } from '@cairn/event-store';

import { callersDo } from '../setup/events.js';

/** Pauses and resumes every adoption of the record in turn until `events` were added, as another copy of the service would. */
export const addFacts = async (databaseUrl: string, events: number): Promise<void> => {
  const store = openPostgresEventStore({
    scope: 'scaling-plan',
    schema: 'scaling_plan_store',
    connectionString: databaseUrl,
    clock: new SystemClock(),
  });
  try {
    const last = new Map<string, RecordedEvent>();
    const ever = new Map<string, RecordedEvent>();
    for (let after: string | undefined; ; ) {
      const page = await store.readAll({ after, limit: 4_096 });
      if (page.events.length === 0) break;
      for (const event of page.events) {
        last.set(event.stream, event);
        ever.set(event.type, event);
      }
      after = page.readUpTo;
    }
    const streams = [...last.values()];
    let added = 0;
    // Each caller has streams of its own, so that none meets another at a version.
    const callers = Math.min(64, streams.length);
    const ofCaller = (caller: number): number => Math.ceil((streams.length - caller) / callers);
    await callersDo(callers, async (caller, turn) => {
      const head = streams[caller + (turn % ofCaller(caller)) * callers];
      if (head === undefined || added >= events) return false;
      added += 1;
      const before = last.get(head.stream) ?? head;
      const appended = await store.append(head.stream, before.version, [following(before, ever)]);
      for (const event of appended.events) last.set(head.stream, event);
      return true;
    });
  } finally {
    await store.close();
  }
};

/** A pause after a start or a resume, a resume after a pause, a minute later. */
const following = (before: RecordedEvent, ever: ReadonlyMap<string, RecordedEvent>): NewEvent => {
  const type = before.type === 'AdoptionPaused' ? 'AdoptionResumed' : 'AdoptionPaused';
  const pattern = ever.get(type);
  if (pattern === undefined) throw new Error(`There is no ${type} to take as a pattern`);
  const { schoolId, initiativeId } = before.data as { schoolId: string; initiativeId: string };
  return {
    id: randomUUID(),
    type,
    schemaVersion: pattern.schemaVersion,
    district: before.district,
    occurredAt: new Date(Date.parse(before.occurredAt) + 60_000).toISOString(),
    actor: before.actor,
    correlationId: randomUUID(),
    data: { ...(pattern.data as object), schoolId, initiativeId },
  };
};
