import type { CsvRecord, CsvRefusal } from './csv-records.js';
import { readCsvRecords } from './csv-records.js';
import type { FieldPlace, RejectedRow, RosterRow } from './read-row.js';
import { readRow } from './read-row.js';
import type { RosterLayout } from './roster-layouts.js';
import { rosterLayouts } from './roster-layouts.js';

/** Why nothing of a file is imported. */
export type RosterRefusal =
  | CsvRefusal
  | {
      readonly type: 'RosterColumnsMissing';
      readonly layout: RosterLayout['scheme'];
      readonly missing: readonly string[];
    }
  | { readonly type: 'RosterColumnRepeated'; readonly column: string }
  | { readonly type: 'RosterWithoutRows' };

/** A roster as read: every row of the file is in `rows` or in `rejected`. */
export interface Roster {
  readonly layout: RosterLayout['scheme'];
  readonly rows: readonly RosterRow[];
  readonly rejected: readonly RejectedRow[];
  /** How the file writes the headers of these columns; a column that it lacks has a blank one. */
  readonly columns: { readonly id: string; readonly status: string };
  /** Headers that mean nothing to us, as the file writes them. */
  readonly unknownColumns: readonly string[];
}

export type RosterReading =
  | ({ readonly outcome: 'read' } & Roster)
  | { readonly outcome: 'refused'; readonly refusal: RosterRefusal };

const columnName = (header: string): string => header.trim().toLowerCase();

/** The layout that the header fits, else the one it comes nearest to. */
const layoutOf = (names: readonly string[]): { layout: RosterLayout; missing: readonly string[] } => {
  const fits = rosterLayouts.map((layout) => ({
    layout,
    missing: layout.required.filter((column) => !names.includes(column)),
    known: names.filter((name) => layout.columns.has(name)).length,
  }));
  return fits.reduce((best, fit) => {
    const better = fit.missing.length === 0 ? best.missing.length > 0 : best.missing.length > 0 && fit.known > best.known;
    return better ? fit : best;
  });
};

const placesOf = (layout: RosterLayout, headers: readonly string[]): readonly FieldPlace[] =>
  headers.flatMap((header, index) => {
    const field = layout.columns.get(columnName(header));
    return field === undefined ? [] : [{ field, index, header: header.trim() }];
  });

/** A row with cells to spare is taken when they are blank, as spreadsheets write them; one with too few never. */
const widthFault = (headers: readonly string[], { line, fields }: CsvRecord): RejectedRow | undefined => {
  const spare = fields.slice(headers.length).some((field) => field.trim() !== '');
  if (fields.length >= headers.length && !spare) return undefined;
  const column = headers[Math.min(fields.length, headers.length - 1)]?.trim() ?? '';
  return { line, column, reason: `The row has ${fields.length} fields; the header has ${headers.length}.` };
};

/**
 * Reads the bytes of a roster file. Two layouts are known, by their header: state school files and the Common Core of
 * Data (`roster-layouts.ts`). Headers are matched without regard to case, in any order. Ids are text, and keep their
 * leading zeros. Never throws: what cannot be read is a refusal of the file or a rejected row.
 *
 * A roster is that of one agency: rows of another one than the first row's are rejected. Of rows with the same id all
 * but the first are rejected, whether or not the first could be read.
 */
export const readRosterCsv = (bytes: Uint8Array): RosterReading => {
  const reading = readCsvRecords(bytes);
  if (reading.outcome === 'refused') return reading;
  const [header, ...records] = reading.records;
  const headers = header?.fields ?? [];
  const names = headers.map(columnName);
  const { layout, missing } = layoutOf(names);
  if (missing.length > 0) {
    return { outcome: 'refused', refusal: { type: 'RosterColumnsMissing', layout: layout.scheme, missing } };
  }
  const places = placesOf(layout, headers);
  const repeated = places.find(({ index }) => names.indexOf(names[index] ?? '') !== index);
  if (repeated) return { outcome: 'refused', refusal: { type: 'RosterColumnRepeated', column: repeated.header } };
  if (records.length === 0) return { outcome: 'refused', refusal: { type: 'RosterWithoutRows' } };

  const headerOf = (field: FieldPlace['field']): string => places.find((place) => place.field === field)?.header ?? '';
  const rows: RosterRow[] = [];
  const rejected: RejectedRow[] = [];
  const firstLine = new Map<string, number>();
  let agencyId: string | undefined;
  for (const record of records) {
    const { line } = record;
    const narrow = widthFault(headers, record);
    const read = readRow(layout, places, line, record.fields);
    const externalId = 'row' in read ? read.row.externalId : read.rejected.externalId;
    const reject = (column: string, reason: string): void => {
      rejected.push(externalId ? { line, column, reason, externalId } : { line, column, reason });
    };
    const before = externalId && firstLine.get(externalId.value);
    if (externalId && before === undefined) firstLine.set(externalId.value, line);

    if (narrow) reject(narrow.column, narrow.reason);
    else if (before !== undefined) reject(headerOf('id'), `The same id stands in line ${before}; that row counts.`);
    else if ('rejected' in read) rejected.push(read.rejected);
    else if (read.row.agencyId !== (agencyId ??= read.row.agencyId)) {
      reject(headerOf('agencyId'), `The row is of district "${read.row.agencyId}", the file of "${agencyId}".`);
    } else rows.push(read.row);
  }
  const known = new Set(places.map(({ index }) => index));
  const unknownColumns = headers.filter((_, index) => !known.has(index)).map((unknown) => unknown.trim());
  const columns = { id: headerOf('id'), status: headerOf('status') };
  return { outcome: 'read', layout: layout.scheme, rows, rejected, columns, unknownColumns };
};
