import { describe, expect, test } from '@jest/globals';
import type { AnyPublicEvent } from '@cairn/contracts';
import fc from 'fast-check';

import { adoptionEventOf } from '../adoption/timeline-entry.js';
import { schoolEventOf } from '../directory/school-timeline.js';
import { historyStart, lawfulHistoryArb, schoolsMax } from '../testing/lawful-history.js';
import { adoptionByDefinition, openNameByDefinition } from '../testing/oracle.js';
import { day, initiative, Publisher, schoolId } from '../testing/public-events.js';
import type { Change, Span, Standing } from './change.js';
import { explainSchool } from './explain-school.js';

const recordOf = (log: readonly AnyPublicEvent[], id: string) => ({
  directory: log.flatMap((event) => schoolEventOf(event) ?? []).filter(({ data }) => data.schoolId === id),
  adoption: log
    .flatMap((event) => adoptionEventOf(event) ?? [])
    .filter(({ data }) => data.schoolId === id && data.initiativeId === initiative),
});

const explain = (log: readonly AnyPublicEvent[], span: Span, school = 1): readonly Change[] =>
  explainSchool(recordOf(log, schoolId(school)), span);

const told = (changes: readonly Change[]) =>
  changes.map(({ class: kind, before, after, events }) => [
    kind,
    before && `${before.name}: ${before.stage} ${before.status}`,
    after && `${after.name}: ${after.stage} ${after.status}`,
    events.map(({ eventId }) => Number(eventId.slice(-2))),
  ]);

describe('why one school differs', () => {
  const september = { from: day(10), to: day(30), recordedFrom: day(10), recordedTo: day(30) };
  const base = () => {
    const publisher = new Publisher();
    return { publisher, log: [publisher.opened(1, 'Glencliff', { occurredAt: day(1) }), publisher.started(1, { occurredAt: day(2) })] };
  };

  test('it does not, when nothing was recorded', () => {
    expect(explain(base().log, september)).toEqual([]);
  });

  test('what happened between the dates is a real change, however many facts it took', () => {
    const { publisher, log } = base();
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(12) }));
    log.push(publisher.advanced(1, 'initial-implementation', { occurredAt: day(20) }));
    expect(told(explain(log, september))).toEqual([
      ['real-change', 'Glencliff: exploration active', 'Glencliff: initial-implementation active', [2, 3]],
    ]);
  });

  test('a fact of before the first date, learnt after it, is a late fact', () => {
    const { publisher, log } = base();
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(5), recordedAt: day(15) }));
    expect(told(explain(log, september))).toEqual([
      ['late-fact', 'Glencliff: exploration active', 'Glencliff: installation active', [2]],
    ]);
  });

  test('a late fact, its correction and a real change are told apart, one after the other', () => {
    const { publisher, log } = base();
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(5), recordedAt: day(15) }));
    const late = log.at(-1)?.id ?? '';
    log.push(publisher.adoption('paused', 1, { occurredAt: day(20) }, { reason: 'Testing' }));
    const corrected = { to: 'initial-implementation' as const };
    log.push(publisher.adoption('fact-corrected', 1, { occurredAt: day(25) }, { correctsEventId: late, reason: 'Typed wrong', corrected }));
    expect(told(explain(log, september))).toEqual([
      ['late-fact', 'Glencliff: exploration active', 'Glencliff: installation active', [2]],
      ['correction', 'Glencliff: installation active', 'Glencliff: initial-implementation active', [4]],
      ['real-change', 'Glencliff: initial-implementation active', 'Glencliff: initial-implementation paused', [3]],
    ]);
  });

  test('a late fact that was withdrawn again leaves nothing to explain', () => {
    const { publisher, log } = base();
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(5), recordedAt: day(15) }));
    const late = log.at(-1)?.id ?? '';
    log.push(publisher.adoption('fact-withdrawn', 1, { occurredAt: day(16) }, { correctsEventId: late, reason: 'No' }));
    expect(explain(log, september)).toEqual([]);
  });

  test('a real change names the fact and the corrections that stand over it', () => {
    const { publisher, log } = base();
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(12) }));
    const id = log.at(-1)?.id ?? '';
    const corrected = { occurredAt: day(14) };
    log.push(publisher.adoption('fact-corrected', 1, { occurredAt: day(15) }, { correctsEventId: id, reason: 'Later', corrected }));
    expect(told(explain(log, september))[0]?.[3]).toEqual([2, 3]);
  });

  test('a school that opened, was renamed, moved and closed is told step by step', () => {
    const { publisher, log } = base();
    log.push(publisher.school('school-renamed', 1, { occurredAt: day(11) }, { from: 'Glencliff', to: 'Glencliff High' }));
    log.push(publisher.advanced(1, 'installation', { occurredAt: day(12) }));
    const whole = { ...september, from: day(0), recordedFrom: day(0) };
    expect(told(explain(log, september)).map(([kind]) => kind)).toEqual(['rename', 'real-change']);
    expect(told(explain(log, whole))).toEqual([
      ['opened', null, 'Glencliff High: null not-started', [1]],
      ['real-change', 'Glencliff High: null not-started', 'Glencliff High: installation active', [1, 2]],
    ]);
    log.push(publisher.school('school-closed', 1, { occurredAt: day(28) }, { reason: 'Merged' }));
    expect(told(explain(log, september))).toEqual([
      ['real-change', 'Glencliff: exploration active', 'Glencliff: installation active', [2]],
      ['closed', 'Glencliff: installation active', null, [3]],
    ]);
  });
});

describe('the classes of any difference', () => {
  const standingByDefinition = (log: readonly AnyPublicEvent[], id: string, effective: string, recorded: string): Standing | null => {
    const point = { effective, recorded, position: log.length };
    const name = openNameByDefinition(log, id, point);
    if (name === undefined) return null;
    const { state } = adoptionByDefinition(log, id, initiative, point);
    return { name, stage: state.status === 'not-started' ? null : state.stage, status: state.status };
  };

  const dayArb = fc.integer({ min: -30, max: 100 }).map((n) => new Date(historyStart + n * 86_400_000).toISOString());
  const pairArb = fc.tuple(dayArb, dayArb).map((pair) => [...pair].sort());
  const spanArb: fc.Arbitrary<Span> = fc
    .tuple(pairArb, pairArb)
    .map(([[from = '', to = ''], [recordedFrom = '', recordedTo = '']]) => ({ from, to, recordedFrom, recordedTo }));
  const ids = Array.from({ length: schoolsMax }, (_, n) => schoolId(n + 1));

  test('lead each school from where it stood to where it stands, without a break', () => {
    fc.assert(
      fc.property(lawfulHistoryArb(60), fc.array(spanArb, { minLength: 5, maxLength: 5 }), (log, spans) => {
        for (const span of spans) {
          for (const id of ids) {
            let standing = standingByDefinition(log, id, span.from, span.recordedFrom);
            for (const change of explainSchool(recordOf(log, id), span)) {
              expect(change.before).toEqual(standing);
              expect(change.after).not.toEqual(standing);
              expect(change.events.length).toBeGreaterThan(0);
              standing = change.after;
            }
            expect(standing).toEqual(standingByDefinition(log, id, span.to, span.recordedTo));
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  test('add up to the difference of the totals', () => {
    const key = (standing: Standing): string => `${standing.stage} ${standing.status}`;
    fc.assert(
      fc.property(lawfulHistoryArb(60), spanArb, (log, span) => {
        const sum = new Map<string, number>();
        const add = (standing: Standing | null, by: number): void => {
          if (standing) sum.set(key(standing), (sum.get(key(standing)) ?? 0) + by);
        };
        for (const id of ids) {
          add(standingByDefinition(log, id, span.from, span.recordedFrom), 1);
          for (const { before, after } of explainSchool(recordOf(log, id), span)) {
            add(before, -1);
            add(after, 1);
          }
          add(standingByDefinition(log, id, span.to, span.recordedTo), -1);
        }
        expect([...sum.values()].every((count) => count === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('know no real change on one date, and nothing learnt at one time', () => {
    fc.assert(
      fc.property(lawfulHistoryArb(60), spanArb, fc.constantFrom(...ids), (log, span, id) => {
        const oneDate = explainSchool(recordOf(log, id), { ...span, to: span.from });
        expect(oneDate.filter(({ class: kind }) => kind === 'real-change')).toEqual([]);
        const oneTime = explainSchool(recordOf(log, id), { ...span, recordedTo: span.recordedFrom });
        expect(oneTime.filter(({ class: kind }) => kind === 'late-fact' || kind === 'correction')).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
