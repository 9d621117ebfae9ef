import fc from 'fast-check';

import type { RosterRow } from '../roster/read-row.js';

/** Shapes of rosters for property tests. Not part of the build's public face. */
export const stateHeader = 'district_id,district_name,school_id,school_name,school_year_end,enrollment';

const word = fc.string({ unit: fc.constantFrom(...'ABCxyz019 ,"\'.-&é中'), minLength: 1, maxLength: 12 });
const name = word.map((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim()).filter((text) => text !== '');
const id = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 8 });

/** Rows of the state layout with different ids, as fields. */
export const rosterTable = fc
  .uniqueArray(fc.record({ id, name, enrollment: fc.option(fc.nat(5_000), { nil: undefined }) }), {
    selector: (row) => row.id,
    minLength: 1,
    maxLength: 12,
  })
  .map((rows) => rows.map((row) => ['0190', 'Metro', row.id, row.name, '2024', String(row.enrollment ?? '')]));

/** What a reader has to make of such a table, whose rows stand at `lines`. */
export const readable = (table: readonly (readonly string[])[], lines: readonly number[]): readonly RosterRow[] =>
  table.map(([agencyId = '', , value = '', named = '', , enrollment = ''], index) => ({
    line: lines[index] ?? 0,
    agencyId,
    externalId: { scheme: 'state', value },
    name: named,
    profile: enrollment === '' ? {} : { enrollment: Number(enrollment) },
    status: 'open',
  }));

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;
const mustQuote = /[",\r\n]/;

/** Writers of CSV: with or without a byte order mark, quotes where they must be or more, line ends of every kind, blank lines between. */
export const csvFile = fc
  .record({
    bom: fc.boolean(),
    ends: fc.array(fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\n'), { minLength: 1, maxLength: 7 }),
    quotes: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
    inside: fc.constantFrom('', '\n', '\r\n', '\r'),
    lastEnd: fc.boolean(),
  })
  .map(({ bom, ends, quotes, inside, lastEnd }) => (table: readonly (readonly string[])[]) => {
    const lines: number[] = [];
    let text = stateHeader;
    let line = 1;
    const add = (part: string): void => {
      text += part;
      line += part.match(/\r\n|\r|\n/g)?.length ?? 0;
    };
    table.forEach((row, at) => {
      add(ends[at % ends.length] ?? '\n');
      lines.push(line);
      // Line ends around a quoted field are spaces to a reader, and make the row stretch over several lines.
      const written = row.map((field, index) =>
        quotes[(at + index) % quotes.length] || mustQuote.test(field) ? quote(`${inside}${field}${inside}`) : field,
      );
      add(written.join(','));
    });
    if (lastEnd) add('\n');
    return { bytes: Buffer.from(`${bom ? '\ufeff' : ''}${text}`), lines };
  });
