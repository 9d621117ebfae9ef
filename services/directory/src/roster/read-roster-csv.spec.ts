import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { RosterReading } from './read-roster-csv.js';
import { readRosterCsv } from './read-roster-csv.js';
import { csvFile, readable, rosterTable, stateHeader } from '../testing/roster-arbitraries.js';

const read = (text: string): RosterReading => readRosterCsv(Buffer.from(text));
const stateFile = (...lines: readonly string[]): string => [stateHeader, ...lines].join('\n');
const nashville = new URL('../../../../samples/nashville/mnps-schools-2024.csv', import.meta.url);

const rowsOf = (reading: RosterReading) => (reading.outcome === 'read' ? reading.rows : []);
const rejectedOf = (reading: RosterReading) =>
  (reading.outcome === 'read' ? reading.rejected : []).map(({ line, column, reason }) => ({ line, column, reason }));

describe('the state layout', () => {
  test('reads all 155 schools of Nashville, with their leading zeros', () => {
    const reading = readRosterCsv(readFileSync(nashville));
    const rows = rowsOf(reading);
    expect(rows).toHaveLength(155);
    expect(rows.reduce((sum, row) => sum + (row.profile.enrollment ?? 0), 0)).toBe(77_334);
    expect(reading).toMatchObject({ layout: 'state', rejected: [], unknownColumns: [] });
    expect(rows[0]).toEqual({
      line: 2,
      agencyId: '0190',
      externalId: { scheme: 'state', value: '01900001' },
      name: 'A. Z. Kelley Elementary',
      profile: { enrollment: 645 },
      status: 'open',
    });
  });

  test('takes headers in any case and order, and names the columns that mean nothing to it', () => {
    const reading = read('Mascot, SCHOOL_NAME ,School_Id,district_id,Latitude,LONGITUDE\nOwls,Amqui,007,0190,36.2,-86.7\n');
    expect(reading).toMatchObject({ unknownColumns: ['Mascot'], rejected: [] });
    expect(rowsOf(reading)).toMatchObject([
      { externalId: { value: '007' }, name: 'Amqui', profile: { latitude: 36.2, longitude: -86.7 } },
    ]);
  });

  test('takes a byte order mark, mixed line ends, blank lines and line ends within quotes, and counts lines truly', () => {
    const reading = read(
      `\ufeff${stateHeader}\r\n0190,D,1,"Amqui\r\nElementary",2024,1\n\n0190,D,2,"Cole ""East""",2024,x\r\n0190,D,3,Una,2024,-1`,
    );
    expect(rowsOf(reading)).toMatchObject([{ line: 2, name: 'Amqui Elementary' }]);
    expect(rejectedOf(reading)).toEqual([
      { line: 5, column: 'enrollment', reason: '"x" is not a whole number.' },
      { line: 6, column: 'enrollment', reason: '"-1" is negative.' },
    ]);
  });

  const faults: readonly (readonly [string, string, string, RegExp])[] = [
    ['a blank name', '0190,D,1,  ,2024,1', 'school_name', /blank/],
    ['a name of 201 characters', `0190,D,1,${'x'.repeat(201)},2024,1`, 'school_name', /201 characters; 200/],
    ['a name with a control character', '0190,D,1,Am\u0000qui,2024,1', 'school_name', /control character/],
    ['a blank id', '0190,D,,Amqui,2024,1', 'school_id', /blank/],
    ['an id of 41 characters', `0190,D,${'1'.repeat(41)},Amqui,2024,1`, 'school_id', /41 characters; 40/],
    ['a blank district', ',D,1,Amqui,2024,1', 'district_id', /blank/],
    ['half a student', '0190,D,1,Amqui,2024,1.5', 'enrollment', /not a whole number/],
    ['a number in words', '0190,D,1,Amqui,2024,many', 'enrollment', /not a whole number/],
    ['a number beyond belief', '0190,D,1,Amqui,2024,1000001', 'enrollment', /more than/],
    ['a year that is none', '0190,D,1,Amqui,24,1', 'school_year_end', /not a year/],
    ['too few fields', '0190,D,1,Amqui,2024', 'enrollment', /5 fields; the header has 6/],
    ['too many fields', '0190,D,1,Amqui,2024,1,2', 'enrollment', /7 fields; the header has 6/],
  ];
  test.each(faults)('rejects %s, and goes on', (_name, row, column, reason) => {
    const reading = read(stateFile(row, '0190,D,2,Una,2024,702'));
    expect(rejectedOf(reading)).toEqual([{ line: 2, column, reason: expect.stringMatching(reason) }]);
    expect(rowsOf(reading)).toMatchObject([{ line: 3, name: 'Una' }]);
  });

  test('takes spare cells that are blank', () => {
    expect(rowsOf(read(stateFile('0190,D,1,Amqui,2024,1,, ')))).toHaveLength(1);
  });

  test('leaves out of the profile what was not said', () => {
    expect(rowsOf(read(stateFile('0190,D,1,Amqui,,')))).toMatchObject([{ profile: {} }]);
  });

  test('rejects each further row of an id, naming the first line, even when that one was rejected', () => {
    const reading = read(stateFile('0190,D,01,Amqui,2024,x', '0190,D,1,Una,2024,1', '0190,D,01,Cole,2024,1'));
    expect(rejectedOf(reading)).toEqual([
      { line: 2, column: 'enrollment', reason: '"x" is not a whole number.' },
      { line: 4, column: 'school_id', reason: 'The same id stands in line 2; that row counts.' },
    ]);
    expect(rowsOf(reading)).toMatchObject([{ line: 3, name: 'Una' }]);
  });

  test('rejects rows of another district than the first', () => {
    const reading = read(stateFile('0190,D,1,Amqui,2024,1', '0200,E,2,Una,2024,1'));
    expect(rejectedOf(reading)).toEqual([
      { line: 3, column: 'district_id', reason: 'The row is of district "0200", the file of "0190".' },
    ]);
  });

  test('rejects half a point, and points off the globe', () => {
    const reading = read(
      'district_id,school_id,school_name,latitude,longitude\n0190,1,A,36.1,\n0190,2,B,91,-86\n0190,3,C,36,-181\n0190,4,D,1e1,2',
    );
    expect(rejectedOf(reading)).toEqual([
      { line: 2, column: 'longitude', reason: 'A point needs both latitude and longitude.' },
      { line: 3, column: 'latitude', reason: '"91" lies outside -90 to 90 degrees.' },
      { line: 4, column: 'longitude', reason: '"-181" lies outside -180 to 180 degrees.' },
      { line: 5, column: 'latitude', reason: '"1e1" is not a number.' },
    ]);
  });
});

describe('the layout of the Common Core of Data', () => {
  const header = 'NCESSCH,LEAID,SCH_NAME,LEVEL,GSLO,GSHI,SY_STATUS_TEXT,LATCOD,LONCOD';
  const row = (n: number, status: string): string =>
    `47031800${String(n).padStart(4, '0')},4703180,School ${n},Elementary,PK,04,${status},36.1,-86.7`;

  test('reads level, grades and point', () => {
    expect(rowsOf(read(`${header}\n${row(1, 'Open')}`))).toEqual([
      {
        line: 2,
        agencyId: '4703180',
        externalId: { scheme: 'nces', value: '470318000001' },
        name: 'School 1',
        profile: { latitude: 36.1, longitude: -86.7, level: 'Elementary', gradeLow: 'PK', gradeHigh: '04' },
        status: 'open',
        statusText: 'Open',
      },
    ]);
  });

  test.each([
    ['Open', 'open'],
    ['Currently operational', 'open'],
    ['1-Open', 'open'],
    ['New', 'open'],
    ['Added', 'open'],
    ['Changed Boundary/Agency', 'open'],
    ['REOPENED', 'open'],
    ['Closed', 'closed'],
    ['Inactive', 'closed'],
  ])('status %s means %s', (text, status) => {
    expect(rowsOf(read(`${header}\n${row(1, text)}`))).toMatchObject([{ status }]);
  });

  test.each([
    ['Future', 'The school has not opened yet (status Future); it is left out.'],
    ['Dreaming', '"Dreaming" is not a known status.'],
    ['', 'The status is blank.'],
  ])('status "%s" rejects the row', (text, reason) => {
    expect(rejectedOf(read(`${header}\n${row(1, text)}`))).toEqual([{ line: 2, column: 'SY_STATUS_TEXT', reason }]);
  });

  test('an id that a spreadsheet turned into a number is no id', () => {
    expect(rejectedOf(read(`${header}\n4.70318E+11,4703180,A,,,,Open,,`))).toEqual([
      { line: 2, column: 'NCESSCH', reason: expect.stringContaining('turned it into a number') },
    ]);
  });

  test('keeps leading zeros, and suspects an id that lost one', () => {
    const reading = read(`${header}\n010000500870,0100005,A,,M,N,Open,-1,-1\n10000500871,0100005,B,,,,Open,,`);
    expect(rowsOf(reading)).toMatchObject([{ externalId: { value: '010000500870' }, profile: {} }]);
    expect(rejectedOf(reading)).toEqual([
      { line: 3, column: 'NCESSCH', reason: expect.stringContaining('dropped the leading zero') },
    ]);
  });
});

describe('a file that is refused as a whole', () => {
  const refusals: readonly (readonly [string, Uint8Array, object])[] = [
    ['nothing', Buffer.from(''), { type: 'RosterEmpty' }],
    ['blank lines', Buffer.from('\ufeff\r\n \n'), { type: 'RosterEmpty' }],
    ['a header alone', Buffer.from(stateHeader), { type: 'RosterWithoutRows' }],
    ['Latin-1', Buffer.from(stateFile('0190,D,1,Azafr\u00e1n,2024,1'), 'latin1'), { type: 'RosterNotUtf8' }],
    ['UTF-16', Buffer.from(`\ufeff${stateHeader}`, 'utf16le'), { type: 'RosterNotUtf8' }],
    ['more than 10 MiB', Buffer.alloc(10_485_761, 'a'), { type: 'RosterTooLarge', bytes: 10_485_761, bytesMax: 10_485_760 }],
    [
      'missing columns',
      Buffer.from('school_id,enrollment\n1,2'),
      { type: 'RosterColumnsMissing', layout: 'state', missing: ['district_id', 'school_name'] },
    ],
    [
      'missing columns of the other layout',
      Buffer.from('NCESSCH,LEVEL,GSLO\n1,2,3'),
      { type: 'RosterColumnsMissing', layout: 'nces', missing: ['leaid', 'sch_name', 'sy_status_text'] },
    ],
    ['a column twice', Buffer.from(`${stateHeader},School_ID\n`), { type: 'RosterColumnRepeated', column: 'School_ID' }],
    [
      'a quote never closed',
      Buffer.from(stateFile('0190,D,1,"A\r\nB",2024,1', '0190,D,2,"Una,2024,1')),
      { type: 'RosterMalformed', line: 4, detail: expect.stringContaining('never closed') },
    ],
    [
      'a quote within an unquoted field',
      Buffer.from(stateFile('0190,D,1,Hume "Fogg",2024,1')),
      { type: 'RosterMalformed', line: 2, detail: expect.stringContaining('unquoted field') },
    ],
    [
      'a row without end',
      Buffer.from(stateFile(`0190,D,1,${'x'.repeat(70_000)},2024,1`)),
      { type: 'RosterMalformed', line: 2, detail: expect.stringContaining('65536 bytes') },
    ],
    [
      '20,001 rows',
      Buffer.from(stateFile(...Array.from({ length: 20_001 }, (_, n) => `0190,D,${n},A,2024,1`))),
      { type: 'RosterRowsTooMany', rowsMax: 20_000 },
    ],
    ['line ends and nothing else', Buffer.alloc(1_000_000, '\n'), { type: 'RosterEmpty' }],
    ['a row after 100,000 blank lines', Buffer.from(`a${'\n'.repeat(100_002)}b`), { type: 'RosterRowsTooMany', rowsMax: 20_000 }],
  ];
  test.each(refusals)('%s', (_name, bytes, refusal) => {
    expect(readRosterCsv(bytes)).toEqual({ outcome: 'refused', refusal });
  });

  test('20,000 rows are taken', () => {
    const reading = read(stateFile(...Array.from({ length: 20_000 }, (_, n) => `0190,D,${n},A,2024,1`)));
    expect(rowsOf(reading)).toHaveLength(20_000);
  });
});

describe('any input', () => {
  test('bytes of any kind never throw', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
      fc
        .array(fc.constantFrom('"', ',', '\r', '\n', '0190', 'A', ' ', '\ufeff', 'x"y', '-1'), { maxLength: 60 })
        .map((parts) => Buffer.from(`${stateHeader}\n${parts.join('')}`)),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        expect(['read', 'refused']).toContain(readRosterCsv(bytes).outcome);
      }),
      { numRuns: 500 },
    );
  });

  test('a table reads back the same, however it is quoted and its lines end, at its true lines', () => {
    fc.assert(
      fc.property(rosterTable, csvFile, (rows, write) => {
        const { bytes, lines } = write(rows);
        const reading = readRosterCsv(bytes);
        expect(rowsOf(reading)).toEqual(readable(rows, lines));
        expect(rejectedOf(reading)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('every row is read or rejected, once', () => {
    const cell = fc.constantFrom('', '1', '01', 'A', '-1', '36.1', 'x\ny');
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 6, maxLength: 7 }), { minLength: 1 }), csvFile, (table, write) => {
        const filled = table.filter((row) => row.some((field) => field !== ''));
        fc.pre(filled.length > 0);
        const reading = readRosterCsv(write(filled).bytes);
        expect(rowsOf(reading).length + rejectedOf(reading).length).toBe(filled.length);
      }),
      { numRuns: 300 },
    );
  });
});
