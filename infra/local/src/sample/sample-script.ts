import { schoolIdFor } from '@cairn/directory';
import { startOfDay } from '@cairn/service-kit';

import { adoptionStory } from './adoption-story.js';
import type { Day } from './calendar.js';
import { addDays, daysBetween, firstDayBefore, schoolDays, schoolYears } from './calendar.js';
import type { Chance } from './chance.js';
import { chanceOf } from './chance.js';
import { recordStory } from './record-story.js';
import type { RosterSchool } from './roster-body.js';
import { rosterBody } from './roster-body.js';
import { sampleCoaches, sampleOperator } from './sample-people.js';
import type { AdoptionStep, DefineInitiativeStep, SampleStep } from './sample-step.js';

export interface SampleInput {
  /** Text of `samples/nashville/mnps-schools-2024.csv`. */
  readonly roster2024: string;
  /** Text of `samples/nashville/nashville-schools-2016.csv`. */
  readonly schools2016: string;
  /** The day on which the sample ends; nothing of it is recorded on that day or after. */
  readonly today: Day;
  readonly seed: string | number;
}

export const sampleDistrict = { districtId: 'mnps', name: 'Metro Nashville Public Schools', timeZone: 'America/Chicago', sample: true } as const;

interface SampleInitiative {
  readonly initiativeId: string;
  readonly body: DefineInitiativeStep['body'];
  /** Shares of the schools that begin in: the pilot, then each half year from the first autumn on. */
  readonly waves: readonly number[];
}

const fidelityCut = 0.7;

const initiatives: readonly SampleInitiative[] = [
  {
    initiativeId: 'blended-learning',
    body: {
      name: 'Blended learning',
      description: 'Students learn in part online, with some control over time, place, path or pace, and in part with a teacher.',
      fidelityCut,
    },
    waves: [0.08, 0.22, 0.18, 0.22, 0.12, 0.06],
  },
  {
    initiativeId: 'computer-science',
    body: {
      name: 'Computer science',
      description: 'Every student meets computer science: in elementary grades within other subjects, later in courses of its own.',
      fidelityCut,
    },
    waves: [0.05, 0.14, 0.15, 0.2, 0.1, 0.06],
  },
];

/** The day on which a school begins, or undefined for one that does not begin at all. */
const beginsOn = ({ waves }: SampleInitiative, first: Day, chance: Chance): { day: Day; pilot: boolean } | undefined => {
  const draw = chance.next();
  const wave = waves.findIndex((_, index) => draw < waves.slice(0, index + 1).reduce((sum, share) => sum + share, 0));
  if (wave < 0) return undefined;
  const halfYears = Math.max(0, wave - 1);
  const opens = addDays(first, Math.floor(halfYears / 2) * 365 + (halfYears % 2) * 160);
  return { day: addDays(opens, wave === 0 ? chance.between(3, 25) : chance.between(12, 75)), pilot: wave === 0 };
};

/** Principals leave in the summer or, less often, within a year. */
const departuresOf = (first: Day, end: Day, chance: Chance): readonly Day[] =>
  schoolYears(first, end).flatMap((year, index) => {
    if (index > 0 && chance.happens(0.15)) return [year];
    return chance.happens(0.06) ? [addDays(year, chance.between(90, 220))] : [];
  });

const stepsOfSchool = (
  school: RosterSchool,
  initiative: SampleInitiative,
  frame: { readonly first: Day; readonly today: Day; readonly days: readonly Day[]; readonly seed: string | number; readonly visits: number },
): readonly AdoptionStep[] => {
  const { first, today, seed } = frame;
  const { districtId, timeZone } = sampleDistrict;
  const { initiativeId } = initiative;
  const ofSchool = chanceOf(seed, 'school', school.id);
  const drive = ofSchool.next();
  const departures = departuresOf(first, today, ofSchool);
  const coach = ofSchool.pick(sampleCoaches);
  const chance = chanceOf(seed, 'adoption', school.id, initiativeId);
  const begins = beginsOn(initiative, first, chance);
  if (!begins) return [];

  const story = adoptionStory(
    {
      initiativeId,
      startsOn: begins.day,
      schoolDays: frame.days,
      departures,
      pace: (begins.pilot ? 1.5 : 0.75) + drive * 0.6 + chance.next() * 0.3,
      ceiling: Math.min(0.94, (begins.pilot ? 0.74 : 0.5) + drive * 0.3 + chance.next() * 0.12),
      fidelityCut,
      visits: frame.visits,
    },
    chance,
  );
  const entries = recordStory(story, timeZone, chance);
  const keys = new Map(entries.map((entry, index) => [entry, `sample.${initiativeId}.${school.id}.${index + 1}`]));
  return entries.map((entry): AdoptionStep => {
    const who = chance.next();
    const byOperator = who < (entry.corrects ? 0.5 : 0.06);
    const leader = chance.pick(['leader-boateng', 'leader-castellanos']);
    return {
      kind: 'adoption-command',
      recordedAt: entry.moment.at,
      actor: byOperator ? sampleOperator.personId : coach.personId,
      ...(byOperator && !entry.corrects && { onBehalfOf: coach.personId }),
      ...(who > 0.97 && { onBehalfOf: leader }),
      idempotencyKey: keys.get(entry) ?? '',
      districtId,
      schoolId: schoolIdFor(districtId, 'state', school.id, 1),
      initiativeId,
      command: entry.command,
      body: entry.body,
      ...(entry.corrects && { corrects: keys.get(entry.corrects) ?? '' }),
    };
  });
};

/**
 * The Nashville sample as the commands that make it, in the order of recording: the district and its initiatives, the
 * roster of its 155 real schools, and two school years of synthetic adoption that end before `today` begins in the
 * district. Everything depends on the input alone: the same seed and day give the same steps, byte for byte.
 * All steps lie in office hours of the district, never on a weekend.
 */
export const sampleScript = ({ roster2024, schools2016, today, seed }: SampleInput): readonly SampleStep[] => {
  const { districtId, timeZone } = sampleDistrict;
  const first = firstDayBefore(today);
  const roster = rosterBody(roster2024, schools2016);
  const morning = (minutes: number): string => new Date(Date.parse(startOfDay(first, timeZone)) + (450 + minutes) * 60_000).toISOString();
  const byOperator = { actor: sampleOperator.personId, districtId };
  const setUp: readonly SampleStep[] = [
    { ...byOperator, kind: 'register-district', recordedAt: morning(0), idempotencyKey: 'sample.district', body: sampleDistrict },
    ...initiatives.map(
      ({ initiativeId, body }, index): SampleStep => ({
        ...byOperator,
        kind: 'define-initiative',
        recordedAt: morning(index + 1),
        idempotencyKey: `sample.initiative.${initiativeId}`,
        initiativeId,
        body,
      }),
    ),
    { ...byOperator, kind: 'import-roster', recordedAt: morning(10), idempotencyKey: 'sample.roster', effective: first, csv: roster.csv },
  ];

  // The longer the sample, the fewer walkthroughs a window, so that the number of events stays about the same.
  const visits = 2.7 * (844 / daysBetween(first, today)) ** 1.6;
  const frame = { first: addDays(first, 1), today, days: schoolDays(addDays(first, 1), today), seed, visits };
  const end = startOfDay(today, timeZone);
  const adoption = roster.schools
    .flatMap((school) => initiatives.flatMap((initiative) => stepsOfSchool(school, initiative, frame)))
    .filter(({ recordedAt }) => recordedAt < end)
    .sort((left, right) => compare(left.recordedAt, right.recordedAt) || compare(left.idempotencyKey, right.idempotencyKey));
  return [...setUp, ...adoption];
};

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
