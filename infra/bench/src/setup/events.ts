import { randomUUID } from 'node:crypto';

import type { NewEvent } from '@cairn/event-store';

/** An event of the usual size: canonical JSON of the envelope and the data together has about 330 bytes. */
export const benchEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'StageAdvanced',
  schemaVersion: 1,
  district: 'mnps',
  occurredAt: '2026-03-01T06:00:00.000Z',
  actor: 'coach-27',
  correlationId: randomUUID(),
  data: { schoolId: '0190-0042', to: 'installation' },
});

export const benchEvents = (count: number): NewEvent[] => Array.from({ length: count }, benchEvent);

/** Runs `callers` loops side by side until `work` answers false, and answers how many seconds that took. */
export const callersDo = async (callers: number, work: (caller: number, turn: number) => Promise<boolean>): Promise<number> => {
  const started = performance.now();
  const caller = async (number: number): Promise<void> => {
    let turn = 0;
    while (await work(number, turn)) turn += 1;
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return (performance.now() - started) / 1_000;
};
