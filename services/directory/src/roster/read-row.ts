import type { ExternalId, SchoolProfile } from '@cairn/contracts';

import type { RosterField, RosterLayout, RosterStatus } from './roster-layouts.js';
import { ccdStatuses } from './roster-layouts.js';
import type { CellReading } from './roster-values.js';
import { readCount, readDegrees, readText, readYear, tidy } from './roster-values.js';

/** What one row of a roster says about one school. */
export interface RosterRow {
  /** Line of the file that the row starts on, from 1. */
  readonly line: number;
  readonly agencyId: string;
  readonly externalId: ExternalId;
  readonly name: string;
  readonly profile: SchoolProfile;
  /** `closed`: the row itself says that the school no longer works, in the words of `statusText`. */
  readonly status: Exclude<RosterStatus, 'future'>;
  readonly statusText?: string;
}

/** A row that is left out, and why. It does not stop the others. */
export interface RejectedRow {
  readonly line: number;
  /** The header of the column at fault, as the file writes it. */
  readonly column: string;
  /** A whole sentence. */
  readonly reason: string;
  /** The id of the row where it could be read: a school that a rejected row names is not absent from the file. */
  readonly externalId?: ExternalId;
}

/** Where each field stands in the rows of one file. */
export interface FieldPlace {
  readonly field: RosterField;
  readonly index: number;
  /** As the file writes it. */
  readonly header: string;
}

export type RowReading = { readonly row: RosterRow } | { readonly rejected: RejectedRow };

const defined = (profile: { [Member in keyof SchoolProfile]: SchoolProfile[Member] | undefined }): SchoolProfile =>
  Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined));

/** Reads one row. The first cell at fault, in the order in which they are read here, rejects it. */
export const readRow = (
  layout: RosterLayout,
  places: readonly FieldPlace[],
  line: number,
  fields: readonly string[],
): RowReading => {
  const faults: { column: string; reason: string }[] = [];
  const placeOf = (field: RosterField): FieldPlace | undefined => places.find((place) => place.field === field);
  const cellOf = (field: RosterField): string => fields[placeOf(field)?.index ?? -1] ?? '';
  const fault = (field: RosterField, reason: string): undefined => {
    faults.push({ column: placeOf(field)?.header ?? field, reason });
  };
  const must = <Value>(field: RosterField, read: (cell: string) => CellReading<Value>): Value | undefined => {
    const reading = read(cellOf(field));
    return reading.ok ? reading.value : fault(field, reading.reason);
  };
  const may = <Value>(field: RosterField, read: (cell: string) => CellReading<Value>): Value | undefined =>
    layout.placeholders.has(tidy(cellOf(field)).toLowerCase()) ? undefined : must(field, read);

  const id = must('id', (cell) => readId(layout, cell));
  const agencyId = must('agencyId', (cell) => readText(cell, 'id of the district', 40));
  const name = must('name', (cell) => readText(cell, 'name of the school', 200));
  may('schoolYear', readYear);
  const profile = defined({
    enrollment: may('enrollment', readCount),
    latitude: may('latitude', (cell) => readDegrees(cell, 90)),
    longitude: may('longitude', (cell) => readDegrees(cell, 180)),
    level: may('level', (cell) => readText(cell, 'level', 40)),
    gradeLow: may('gradeLow', (cell) => readText(cell, 'lowest grade', 10)),
    gradeHigh: may('gradeHigh', (cell) => readText(cell, 'highest grade', 10)),
  });
  if ((profile.latitude === undefined) !== (profile.longitude === undefined)) {
    fault(profile.latitude === undefined ? 'latitude' : 'longitude', 'A point needs both latitude and longitude.');
  }
  const statusText = placeOf('status') && must('status', (cell) => readText(cell, 'status', 80));
  const status = statusText === undefined ? 'open' : must('status', readStatus);

  const externalId = id === undefined ? undefined : { scheme: layout.scheme, value: id };
  const [first] = faults;
  if (first) return { rejected: { line, ...first, ...(externalId && { externalId }) } };
  if (!externalId || agencyId === undefined || name === undefined || status === undefined) {
    return { rejected: { line, column: '', reason: 'The row cannot be read.' } };
  }
  return { row: { line, agencyId, externalId, name, profile, status, ...(statusText && { statusText }) } };
};

const readId = (layout: RosterLayout, cell: string): CellReading<string> => {
  const reading = readText(cell, 'id of the school', 40);
  if (reading.ok && /^\d(\.\d+)?E\+?\d+$/i.test(reading.value)) {
    return { ok: false, reason: `"${reading.value}" is no id: a spreadsheet has turned it into a number. Format the column as text.` };
  }
  const zeroLost = layout.scheme === 'nces' && reading.ok && /^\d{11}$/.test(reading.value);
  return zeroLost
    ? { ok: false, reason: `"${reading.value}" has 11 digits of 12: a spreadsheet may have dropped the leading zero.` }
    : reading;
};

const readStatus = (cell: string): CellReading<Exclude<RosterStatus, 'future'>> => {
  // ElSi, the table generator of the same source, writes the code before the text: "1-Open".
  const text = tidy(cell).replace(/^\d-/, '');
  const status = ccdStatuses.get(text.toLowerCase());
  if (status === undefined) return { ok: false, reason: `"${text.slice(0, 40)}" is not a known status.` };
  if (status === 'future') return { ok: false, reason: 'The school has not opened yet (status Future); it is left out.' };
  return { ok: true, value: status };
};
