import { describe, expect, test } from '@jest/globals';

import type { HistoryItem } from '../../api/types.js';
import { fidelityWindows, schoolRecord, stateOf } from './record.js';

const day = (date: string): string => `${date}T05:00:00.000Z`;
const event = (eventId: string, version: number, name: string, occurred: string, recorded: string, data: Record<string, unknown> = {}): HistoryItem => ({
  eventId, version, type: `org.cairn.adoption.${name}.v1`, initiativeId: 'i', occurredAt: day(occurred), recordedAt: day(recorded), actor: 'a', data,
  ...(typeof data['correctsEventId'] === 'string' ? { corrects: data['correctsEventId'] } : {}),
});
const end = Date.parse('2026-01-01T00:00:00Z');

const history = [
  event('s', 1, 'started', '2025-01-01', '2025-01-01'),
  event('a', 2, 'stage-advanced', '2025-03-01', '2025-03-01', { from: 'exploration', to: 'installation' }),
  event('f', 3, 'fidelity-recorded', '2025-04-01', '2025-04-01', { score: 0.9, window: 'spring' }),
  event('c', 4, 'fact-corrected', '2025-04-01', '2025-05-01', { correctsEventId: 'f', reason: 'counted twice', corrected: { score: 0.6 } }),
  event('w', 5, 'fact-withdrawn', '2025-04-01', '2025-06-01', { correctsEventId: 'c', reason: 'it was right' }),
];

const scoreKnown = (known: string): number | undefined =>
  fidelityWindows(schoolRecord(history, end, Date.parse(day(known))).byInitiative.get('i'), end).get('spring');

describe('the record of a school', () => {
  test('a correction counts from when it was recorded, and no longer once it is withdrawn', () => {
    expect([scoreKnown('2025-04-15'), scoreKnown('2025-05-15'), scoreKnown('2025-06-15')]).toEqual([0.9, 0.6, 0.9]);
  });

  test('corrections and what undid them stay with the fact they are about', () => {
    const { lines } = schoolRecord(history, end, end);
    expect(lines.map((line) => line.item.eventId)).toEqual(['f', 'a', 's']);
    expect(lines[0]?.over.map(({ item, undone, undoes }) => [item.eventId, undone, undoes])).toEqual([
      ['c', true, undefined],
      ['w', false, 'correction'],
    ]);
    expect(lines[0]?.newest).toBe('f');
  });

  test('a command is based on the whole stream, also when only a part of it is shown', () => {
    expect(schoolRecord(history, end, Date.parse(day('2025-02-01'))).byInitiative.get('i')?.version).toBe(5);
  });

  test('the state is that of the day', () => {
    const record = schoolRecord(history, end, end).byInitiative.get('i');
    expect(stateOf(record, Date.parse('2024-12-01'))).toEqual({ status: 'not-started' });
    expect(stateOf(record, Date.parse('2025-02-01'))).toMatchObject({ status: 'active', stage: 'exploration' });
    expect(stateOf(record, end)).toMatchObject({ status: 'active', stage: 'installation' });
  });

  test('what had not occurred by the day is left out', () => {
    expect(schoolRecord(history, Date.parse('2025-03-15'), end).lines.map((line) => line.item.eventId)).toEqual(['a', 's']);
  });
});
