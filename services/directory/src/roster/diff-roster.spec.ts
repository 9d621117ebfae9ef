import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '@cairn/decider';
import { withoutAmbient } from '@cairn/decider/testing';
import fc from 'fast-check';

import type { School, SchoolEvent } from '../school/school.js';
import { evolveSchool } from '../school/school.js';
import type { RosterDiff } from './diff-roster.js';
import { diffRoster } from './diff-roster.js';
import { normaliseSchoolName } from './names.js';
import type { RosterReading } from './read-roster-csv.js';
import { readRosterCsv } from './read-roster-csv.js';
import type { RosterImport } from './roster-facts.js';
import { rosterFacts } from './roster-facts.js';
import { schoolIdFor } from './school-id.js';

type Roster = Extract<RosterReading, { outcome: 'read' }>;

const autumn = '2024-08-01T05:00:00.000Z';
const spring = '2025-02-03T06:00:00.000Z';

const readFile = (text: string): Roster => {
  const reading = readRosterCsv(Buffer.from(text));
  if (reading.outcome !== 'read') throw new Error(`The file of this test is refused: ${reading.refusal.type}`);
  return reading;
};
/** Rows `id|name|enrollment` of the state layout. */
const state = (...rows: readonly string[]): Roster =>
  readFile(
    ['district_id,school_id,school_name,enrollment', ...rows.map((row) => `0190,${row.replaceAll('|', ',')}`)].join('\n'),
  );
/** Rows `id|name|status` of the Common Core of Data. */
const ccd = (...rows: readonly string[]): Roster =>
  readFile(['NCESSCH,SCH_NAME,SY_STATUS_TEXT,LEAID', ...rows.map((row) => `${row.replaceAll('|', ',')},470`)].join('\n'));

const diff = (schools: readonly School[], roster: Roster, effectiveAt = spring): RosterDiff =>
  withoutAmbient(() =>
    diffRoster({ districtId: 'mnps', schools, roster, effectiveAt, dateOf: (instant) => instant.slice(0, 10) }),
  );

/** The directory after an import: its facts put on record, each stream at the version that they follow. */
const applied = (schools: readonly School[], change: RosterDiff, options: Partial<RosterImport> = {}): readonly School[] => {
  const groups = rosterFacts(change, { importId: 'i', occurredAt: spring, closeCandidates: false, ...options });
  const after = new Map(schools.map((school) => [school.schoolId, school]));
  for (const { schoolId, after: version, facts } of groups) {
    expect(after.get(schoolId)?.version ?? 0).toBe(version);
    const recorded = facts.map((fact, index): Recorded<SchoolEvent> => ({ ...fact, version: version + index + 1, recordedAt: spring }));
    const school = recorded.reduce(evolveSchool, after.get(schoolId));
    if (school) after.set(schoolId, school);
  }
  return [...after.values()];
};
const directory = (roster: Roster, at = autumn): readonly School[] => applied([], diff([], roster, at), { occurredAt: at });
const closed = (schools: readonly School[], roster: Roster, at: string): readonly School[] =>
  applied(schools, diff(schools, roster, at), { occurredAt: at, closeCandidates: true });

/** What a table of this spec looks at. */
const told = (change: RosterDiff) => ({
  opened: change.opened.map(({ name, reopened }) => (reopened ? `${name} again` : name)),
  renamed: change.renamed.map(({ from, to }) => `${from} → ${to}`),
  changed: change.changed.map(({ school, profile, bound }) => [school.name, profile ?? null, bound?.value ?? null]),
  unchanged: change.unchanged,
  closing: change.closingCandidates.map(({ school, reason }) => `${school.name}: ${reason}`),
  rejected: change.rejected.map(({ line, column, reason }) => `${line} ${column}: ${reason}`),
});
const nothing = { opened: [], renamed: [], changed: [], unchanged: 0, closing: [], rejected: [] };

const two = directory(state('01|Amqui Elementary|547', '02|Una Elementary|702'));
const absent = 'The school is absent from the roster.';

describe('a roster against the directory', () => {
  const withoutUna = state('01|Amqui Elementary|547');
  const unaClosed = closed(two, withoutUna, '2024-12-01T06:00:00.000Z');
  const rows: readonly (readonly [string, readonly School[], Roster, object])[] = [
    ['opens what it does not know', [], state('01|Amqui|1', '02|Una|'), { opened: ['Amqui', 'Una'] }],
    ['leaves what it knows', two, state('01|Amqui Elementary|547', '02|Una Elementary|'), { unchanged: 2 }],
    [
      'tells a new name',
      two,
      state('01|Amqui Academy|547', '02|Una Elementary|702'),
      { renamed: ['Amqui Elementary → Amqui Academy'], unchanged: 1 },
    ],
    [
      'tells a new number of students, and keeps what it does not speak of',
      two,
      state('01|Amqui Elementary|550', '02|Una Elementary|702'),
      { changed: [['Amqui Elementary', { enrollment: 550 }, null]], unchanged: 1 },
    ],
    ['offers the absent for closing', two, withoutUna, { unchanged: 1, closing: [`Una Elementary: ${absent}`] }],
    [
      'does not offer a school whose row was rejected',
      two,
      state('01|Amqui Elementary|547', '02|Una Elementary|many'),
      { unchanged: 1, rejected: ['3 enrollment: "many" is not a whole number.'] },
    ],
    [
      'does not offer schools without an id of its scheme',
      two,
      ccd('470000000009|Cole Elementary|Open'),
      { opened: ['Cole Elementary'] },
    ],
    ['leaves a school that closed before', unaClosed, withoutUna, { unchanged: 1 }],
    [
      'reopens a school that comes back under its id and name',
      unaClosed,
      state('01|Amqui Elementary|547', '02|UNA Elementary School|702'),
      { opened: ['UNA Elementary School again'], unchanged: 1 },
    ],
    [
      'opens a new school when an id comes back under another name',
      unaClosed,
      state('01|Amqui Elementary|547', '02|Cole High|9'),
      { opened: ['Cole High'], unchanged: 1 },
    ],
    [
      'keeps leading zeros apart',
      two,
      state('1|Amqui East|5', '01|Amqui Elementary|547', '02|Una Elementary|702'),
      { opened: ['Amqui East'], unchanged: 2 },
    ],
    [
      'binds the id of another office to the one school of that name',
      two,
      ccd('470000000001|Amqui Elementary School|Open', '470000000002|Una Elementary|Open'),
      {
        renamed: ['Amqui Elementary → Amqui Elementary School'],
        changed: [['Una Elementary', null, '470000000002']],
      },
    ],
    [
      'binds no id by a name that the file has twice',
      two,
      ccd('470000000001|Una Elementary|Open', '470000000002|Una Elementary School|Open'),
      { opened: ['Una Elementary', 'Una Elementary School'] },
    ],
    [
      'offers what the file calls closed, and leaves out what was never open here',
      directory(ccd('470000000001|Amqui|Open', '470000000002|Una|Open')),
      ccd('470000000001|Amqui|Closed', '470000000002|Una|Inactive', '470000000003|Cole|Closed', '470000000004|New High|Future'),
      {
        closing: [
          'Amqui: The roster says that the school is closed (status Closed).',
          'Una: The roster says that the school is closed (status Inactive).',
        ],
        rejected: [
          '4 SY_STATUS_TEXT: The roster says that the school is closed (status Closed). The directory does not know it.',
          '5 SY_STATUS_TEXT: The school has not opened yet (status Future); it is left out.',
        ],
      },
    ],
  ];
  test.each(rows)('%s', (_name, schools, roster, expected) => {
    expect(told(diff(schools, roster))).toEqual({ ...nothing, ...expected });
  });

  test('rejects rows, and offers no school for closing, from before what is known', () => {
    const earlier = state('01|Amqui Elementary|547');
    expect(told(diff(two, earlier, '2023-08-01T05:00:00.000Z'))).toEqual({
      ...nothing,
      rejected: ['2 school_id: The directory knows something newer of this school, from 2024-08-01.'],
    });
  });

  test('gives an id that is used again to a school of its own', () => {
    const again = diff(unaClosed, state('01|Amqui Elementary|547', '02|Cole High|9')).opened;
    expect(again.map(({ schoolId }) => schoolId)).toEqual([schoolIdFor('mnps', 'state', '02', 2)]);
    expect(two.map(({ schoolId }) => schoolId)).toEqual(['01', '02'].map((id) => schoolIdFor('mnps', 'state', id, 1)));
  });

  test('a school that came back is whole again, and the same', () => {
    const back = state('01|Amqui Elementary|547', '02|Una Elementary|710');
    const schools = applied(unaClosed, diff(unaClosed, back));
    const una = schools.find(({ name }) => name === 'Una Elementary');
    expect(una).toMatchObject({
      schoolId: schoolIdFor('mnps', 'state', '02', 1),
      closedAt: undefined,
      externalIds: [{ scheme: 'state', value: '02' }],
      formerIds: [],
      profile: { enrollment: 710 },
    });
    expect(told(diff(schools, back))).toEqual({ ...nothing, unchanged: 2 });
  });
});

describe('any sequence of rosters', () => {
  const cell = fc.record({
    id: fc.constantFrom('1', '01', '2', '3', '4'),
    name: fc.constantFrom('Una', 'Una School', 'Amqui', 'Cole High', 'Cole Middle Prep', 'Cole Middle'),
    status: fc.constantFrom('1', '2', 'many', ''),
  });
  const rosters = fc.array(
    fc.record({
      rows: fc.array(cell, { minLength: 1, maxLength: 6 }),
      layout: fc.constantFrom('state', 'nces'),
      close: fc.boolean(),
      day: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const statuses: Readonly<Record<string, string>> = { '1': 'Open', '2': 'Closed', many: 'Future' };

  test('keeps one holder for each id, counts every row once, and changes nothing when it is run again', () => {
    fc.assert(
      fc.property(rosters, (imports) => {
        let schools: readonly School[] = [];
        imports.forEach(({ rows, layout, close, day }, index) => {
          const lines = rows.map(({ id, name, status }) => `${id}|${name}|${layout === 'state' ? status : (statuses[status] ?? 'New')}`);
          const roster = layout === 'state' ? state(...lines) : ccd(...lines);
          const at = `2025-02-0${day}T06:00:00.000Z`;
          const first = diff(schools, roster, at);
          const inRows = first.closingCandidates.filter(({ line }) => line !== undefined).length;
          const sum = first.opened.length + first.renamed.length + first.changed.length + first.unchanged + inRows;
          expect(sum + first.rejected.length).toBe(rows.length);

          const options = { importId: `import ${index}`, occurredAt: at, closeCandidates: close };
          schools = applied(schools, first, options);
          const held = schools.flatMap(({ externalIds }) => externalIds.map(({ scheme, value }) => `${scheme} ${value}`));
          expect(new Set(held).size).toBe(held.length);
          expect(new Set(schools.map(({ schoolId }) => schoolId)).size).toBe(schools.length);

          const again = diff(schools, roster, at);
          expect(rosterFacts(again, options)).toEqual([]);
          expect(told(again)).toMatchObject({ opened: [], renamed: [], changed: [] });
          if (close) expect(again.closingCandidates).toEqual([]);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('the same import states the same facts under the same ids, all different', () => {
    const change = diff(two, state('01|Amqui Academy|9', '03|Cole High|1'));
    const options = { importId: 'a', occurredAt: spring, closeCandidates: true };
    const idsOf = (importId: string) =>
      rosterFacts(change, { ...options, importId }).flatMap(({ facts }) => facts.map(({ eventId }) => eventId));
    expect(idsOf('a')).toEqual(idsOf('a'));
    expect(idsOf('a').filter((id) => idsOf('b').includes(id))).toEqual([]);
    expect(new Set(idsOf('a')).size).toBe(5);
  });
});

describe('names', () => {
  test.each([
    ['A. Z. Kelley Elementary', 'A.Z. Kelley Elementary School'],
    ['Antioch Middle', 'ANTIOCH  MIDDLE PREP'],
    ['Casa Azafrán Early Learning Center', 'Casa Azafran Early Learning Center'],
    ["Neely's Bend Elementary", 'Neely’s Bend Elementary School'],
    ['Hume - Fogg High', 'Hume-Fogg High School'],
    ['RePublic High School', 'RePublic HS'],
    ['East End Preparatory School', 'East End Prep'],
    ['The Academy at Opry Mills', 'Academy at Opry Mills'],
    ['Mt. View Elementary', 'Mount View Elementary School'],
    ['Science & Arts', 'Science and Arts'],
  ])('"%s" and "%s" are one school', (left, right) => {
    expect(normaliseSchoolName(left)).toBe(normaliseSchoolName(right));
  });

  test.each([
    ['Glencliff Elementary', 'Glencliff High School'],
    ['Nashville Prep', 'Nashville'],
    ['W. A. Bass Adult Program', 'W.A. Bass Alternative Learning Center'],
    ['KIPP Academy Nashville', 'KIPP Academy Nashville Elementary School'],
  ])('"%s" and "%s" are two', (left, right) => {
    expect(normaliseSchoolName(left)).not.toBe(normaliseSchoolName(right));
  });

  test('spaces, punctuation, case and the word "School" make no other school', () => {
    const words = fc.array(fc.constantFrom('Amqui', 'High', 'École', 'North', 'Prep', '3'), { minLength: 1, maxLength: 4 });
    const between = fc.constantFrom(' ', '  ', ' - ', '-', ', ', '. ', ' School ');
    fc.assert(
      fc.property(words, between, fc.boolean(), (parts, separator, loud) => {
        const name = parts.join(separator);
        expect(normaliseSchoolName(loud ? name.toUpperCase() : name)).toBe(normaliseSchoolName(parts.join(' ')));
      }),
    );
  });
});
