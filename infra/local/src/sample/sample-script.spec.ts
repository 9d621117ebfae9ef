import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { emptyTimeline, record, standingFacts, stateAt } from '@cairn/contracts';
import type { Timeline } from '@cairn/contracts';
import { startOfDay } from '@cairn/service-kit';
import fc from 'fast-check';

import { addDays, daysBetween, firstDayBefore, isOfficeDay, officeDayFrom, schoolDays, windowOf } from './calendar.js';
import { chanceOf } from './chance.js';
import { rosterBody } from './roster-body.js';
import { samplePeople } from './sample-people.js';
import { sampleDistrict, sampleScript } from './sample-script.js';
import type { AdoptionStep, SampleStep } from './sample-step.js';
import { firstFault, SampleRecord } from './timeline-oracle.js';

const file = (name: string): string => readFileSync(new URL(`../../../../samples/nashville/${name}`, import.meta.url), 'utf8');
const roster2024 = file('mnps-schools-2024.csv');
const schools2016 = file('nashville-schools-2016.csv');
const script = (today: string, seed = 'nashville'): readonly SampleStep[] =>
  sampleScript({ roster2024, schools2016, today, seed });

const { timeZone } = sampleDistrict;
const local = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const isAdoption = (step: SampleStep): step is AdoptionStep => step.kind === 'adoption-command';
const schools = 155;

/** Everything that must hold of a script, whatever its seed and day. */
const checked = (today: string, seed?: string) => {
  const steps = script(today, seed);
  const opened = startOfDay(firstDayBefore(today), timeZone);
  const end = startOfDay(today, timeZone);
  const recordedAt = steps.map((step) => step.recordedAt);
  expect(recordedAt).toEqual([...recordedAt].sort());
  expect(steps.filter((step) => step.recordedAt < opened || step.recordedAt >= end)).toEqual([]);
  expect(new Set(steps.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(steps.length);
  const outside = steps.filter((step) => {
    const [weekday = '', time = ''] = local.format(new Date(step.recordedAt)).split(/,? /);
    return weekday === 'Sat' || weekday === 'Sun' || time < '07:30' || time >= '16:30';
  });
  expect(outside).toEqual([]);

  const onRecord = new SampleRecord(timeZone, 0.7);
  const adoption = steps.filter(isAdoption);
  const faults = adoption.flatMap((step) => {
    const early = step.body.occurredAt !== undefined && startOfDay(step.body.occurredAt, timeZone) < opened;
    const wrong = early ? 'before the school opened' : onRecord.add(step);
    return wrong ? [`${step.idempotencyKey} ${step.command}: ${wrong}`] : [];
  });
  expect(faults).toEqual([]);

  const states = onRecord.all.map((timeline) => stateAt(timeline, end));
  const count = (stage: string): number =>
    states.filter((state) => state.status === 'active' && state.stage === stage).length / (2 * schools);
  const events = steps.length + schools;
  expect(events).toBeGreaterThanOrEqual(2_000);
  expect(events).toBeLessThanOrEqual(4_000);
  expect(states.length / (2 * schools)).toBeGreaterThan(0.5);
  expect(states.length / (2 * schools)).toBeLessThan(0.95);
  expect(count('full-implementation')).toBeGreaterThan(0);
  expect(count('full-implementation')).toBeLessThan(0.25);
  expect(count('initial-implementation')).toBeGreaterThan(0.12);
  expect(count('installation')).toBeGreaterThan(0.03);
  return { steps, adoption, events };
};

describe('the Nashville sample', () => {
  // The shortest sample (19 months), the longest (31), a leap day, a summer, a Monday.
  test.each(['2026-03-03', '2026-02-28', '2028-02-29', '2027-07-20', '2026-11-23'])(
    'is lawful, in office hours, and of the right size when it ends on %s',
    (today) => {
      checked(today);
    },
  );

  test('is so for any seed and day', () => {
    const day = fc.integer({ min: 0, max: 1_500 }).map((days) => addDays('2026-01-01', days));
    fc.assert(fc.property(day, fc.string({ maxLength: 8 }), (today, seed) => void checked(today, seed)), { numRuns: 5 });
  });

  test('is the same, byte for byte, for the same seed and day, and another for another seed', () => {
    const first = JSON.stringify(script('2026-11-23'));
    expect(JSON.stringify(script('2026-11-23'))).toBe(first);
    expect(JSON.stringify(script('2026-11-23', 'memphis'))).not.toBe(first);
  });

  test('holds late facts, corrections of scores and of days, withdrawals and corrections of corrections', () => {
    const { adoption } = checked('2026-11-23');
    expect(new Set(adoption.map(({ command }) => command)).size).toBe(10);
    const byKey = new Map(adoption.map((step) => [step.idempotencyKey, step]));
    const corrections = adoption.filter(({ command }) => command === 'correct');
    const late = adoption.filter(
      ({ body, command, recordedAt }) => command !== 'correct' && body.occurredAt && daysBetween(body.occurredAt, recordedAt.slice(0, 10)) > 14,
    );
    expect(late.length / adoption.length).toBeGreaterThan(0.05);
    expect(corrections.length / adoption.length).toBeGreaterThan(0.03);
    expect(corrections.filter(({ body }) => body.score !== undefined).length).toBeGreaterThan(20);
    expect(corrections.filter(({ body }) => body.occurredAt !== undefined).length).toBeGreaterThan(10);
    expect(corrections.filter(({ body }) => body.withdrawn).length).toBeGreaterThan(10);
    expect(corrections.filter(({ corrects }) => byKey.get(corrects ?? '')?.command === 'correct').length).toBeGreaterThan(3);
    expect(adoption.filter(({ body, command }) => command === 'regress-stage' && body.reason?.includes('rincipal')).length).toBeGreaterThan(5);
  });

  test('is recorded by people of the sample, some on behalf of others', () => {
    const roles = new Map(samplePeople.map(({ personId, role }) => [personId, role]));
    const steps = script('2026-11-23');
    expect(new Set(steps.map(({ actor }) => roles.get(actor)))).toEqual(new Set(['operator', 'coach']));
    expect(steps.filter(({ onBehalfOf }) => onBehalfOf !== undefined && !roles.has(onBehalfOf))).toEqual([]);
    expect(steps.filter(({ actor, onBehalfOf }) => actor === onBehalfOf)).toEqual([]);
    expect(steps.filter(({ onBehalfOf }) => onBehalfOf !== undefined).length).toBeGreaterThan(50);
    expect(samplePeople.every(({ description }) => description.includes('Synthetic'))).toBe(true);
  });

  test('begins with the district, its initiatives and the roster', () => {
    expect(script('2026-11-23').slice(0, 4)).toMatchObject([
      { kind: 'register-district', recordedAt: '2024-08-01T12:30:00.000Z', body: { districtId: 'mnps' } },
      { kind: 'define-initiative', initiativeId: 'blended-learning' },
      { kind: 'define-initiative', initiativeId: 'computer-science' },
      { kind: 'import-roster', effective: '2024-08-01', csv: expect.stringContaining('enrollment,latitude,longitude\n') },
    ]);
  });
});

describe('the roster of the sample', () => {
  const { csv, schools: named, located } = rosterBody(roster2024, schools2016);

  test('has every school of 2024, and the points of 2016 where the name is found', () => {
    expect(named).toHaveLength(schools);
    expect(csv.trimEnd().split('\n')).toHaveLength(schools + 1);
    expect(located).toBe(95);
  });

  test.each([
    ['Alex Green Elementary', '36.252523,-86.831403'],
    ['Antioch Middle', '36.08,-86.63'],
    ['Meigs Middle', '36.152754,-86.791396'],
    ['H. G. Hill Middle', '36.136452,-86.8875'],
    ['Hunters Lane High', '36.279746,-86.753125'],
    ['A. Z. Kelley Elementary', ','],
    ['Valor Voyager Academy', ','],
  ])('%s lies at %s', (name, point) => {
    const line = csv.split('\n').find((each) => each.includes(`,${name},`));
    expect(line?.split(',').slice(-2).join(',')).toBe(point);
  });
});

describe('the calendar of the sample', () => {
  test.each([
    ['2026-11-23', '2024-08-01'],
    ['2026-08-01', '2024-08-01'],
    ['2027-07-20', '2025-08-01'],
    ['2026-01-29', '2023-08-01'],
    ['2028-08-01', '2026-08-03'],
  ])('one that ends on %s begins on %s', (today, first) => {
    expect(firstDayBefore(today)).toBe(first);
  });

  test('no office is open on a weekend or in a break', () => {
    const closed = ['2026-11-21', '2026-11-22', '2026-11-25', '2026-11-26', '2026-11-27', '2026-12-25', '2027-01-01', '2025-07-04'];
    expect(closed.filter(isOfficeDay)).toEqual([]);
    expect(officeDayFrom('2026-12-19')).toBe('2027-01-04');
    expect(schoolDays('2026-05-20', '2026-08-05')).toEqual([
      '2026-05-20', '2026-05-21', '2026-05-22', '2026-05-25', '2026-08-03', '2026-08-04',
    ]);
  });

  test('fidelity is measured in autumn and spring', () => {
    expect(['2026-10-01', '2027-02-01', '2026-12-20'].map(windowOf)).toEqual(['fall 2026', 'spring 2027', undefined]);
  });

  test('chance is even, and the same for the same seed', () => {
    const chance = chanceOf('a', 1);
    const draws = Array.from({ length: 4_000 }, () => chance.between(1, 4));
    const again = chanceOf('a', 1);
    expect(draws.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => again.between(1, 4)));
    for (const face of [1, 2, 3, 4]) expect(Math.abs(draws.filter((draw) => draw === face).length - 1_000)).toBeLessThan(120);
  });
});

describe('the oracle itself', () => {
  const at = (n: number): string => `2026-01-${String(n).padStart(2, '0')}T06:00:00.000Z`;
  const told = (...facts: readonly object[]): Timeline =>
    facts.reduce<Timeline>(
      (timeline, fact, index) =>
        record(timeline, { entry: 'fact', kind: 'started', eventId: `e${index + 1}`, version: index + 1, occurredAt: at(index + 1), ...fact }),
      emptyTimeline,
    );
  test.each([
    ['a stage skipped', told({}, { kind: 'advanced', to: 'initial-implementation', evidence: 'x' }), 'e2: stage skipped'],
    ['a move while paused', told({}, { kind: 'paused', reason: 'x' }, { kind: 'advanced', to: 'installation' }), 'e3: moved while paused'],
    ['a pause without reason', told({}, { kind: 'paused' }), 'e2: no reason'],
    ['no start', told({ kind: 'advanced', to: 'installation' }), 'e1: not started'],
    ['no evidence', told({}, { kind: 'advanced', to: 'installation' }, { kind: 'advanced', to: 'initial-implementation' }), 'e3: no evidence'],
    [
      'Full after one window',
      told(
        {},
        { kind: 'overridden', to: 'initial-implementation', reason: 'x' },
        { kind: 'fidelity-recorded', score: 0.7, window: 'a' },
        { kind: 'fidelity-recorded', score: 0.9, window: 'a' },
        { kind: 'fidelity-recorded', score: 0.69, window: 'b' },
        { kind: 'advanced', to: 'full-implementation' },
      ),
      'e6: no fidelity',
    ],
  ])('finds %s', (_name, timeline, fault) => {
    expect(standingFacts(timeline).length).toBeGreaterThan(0);
    expect(firstFault(timeline, 0.7)).toBe(fault);
  });
});
