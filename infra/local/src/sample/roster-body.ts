import { normaliseSchoolName } from '@cairn/directory';
import { parse } from 'csv-parse/sync';

/** A school of the roster file of 2024. */
export interface RosterSchool {
  readonly id: string;
  readonly name: string;
}

interface Point {
  readonly latitude: string;
  readonly longitude: string;
}

type Row = Readonly<Record<string, string>>;

const rowsOf = (csv: string): readonly Row[] => parse<Row>(csv, { columns: true, bom: true });

/** Words of the district's programmes in 2016, which the roster of 2024 leaves out of most names. */
const programmes = /\b(magnet|enhanced option|design center|paideia|museum|montessori|stem)\b/g;

const withoutProgramme = (normalised: string): string => normaliseSchoolName(normalised.replace(programmes, ' '));

/** The points of 2016 by normalised name; a name that two rows share, or a row without a point, gives none. */
const pointsByName = (schools2016: string): ((name: string) => Point | undefined) => {
  const exact = new Map<string, Point[]>();
  const loose = new Map<string, Point[]>();
  for (const { name = '', latitude = '', longitude = '' } of rowsOf(schools2016)) {
    if (latitude === '' || longitude === '') continue;
    const key = normaliseSchoolName(name);
    exact.set(key, [...(exact.get(key) ?? []), { latitude, longitude }]);
    const looseKey = withoutProgramme(key);
    loose.set(looseKey, [...(loose.get(looseKey) ?? []), { latitude, longitude }]);
  }
  const only = (points: readonly Point[] | undefined): Point | undefined => (points?.length === 1 ? points[0] : undefined);
  return (name) => {
    const key = normaliseSchoolName(name);
    return only(exact.get(key)) ?? only(loose.get(withoutProgramme(key)));
  };
};

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The roster of 2024 with the points of 2016 where the school's normalised name is found there, as a CSV file. */
export const rosterBody = (
  roster2024: string,
  schools2016: string,
): { readonly csv: string; readonly schools: readonly RosterSchool[]; readonly located: number } => {
  const pointOf = pointsByName(schools2016);
  const rows = rowsOf(roster2024);
  const columns = Object.keys(rows[0] ?? {});
  const points = rows.map(({ school_name = '' }) => pointOf(school_name));
  const lines = rows.map((row, index) => {
    const point = points[index];
    return [...columns.map((column) => row[column] ?? ''), point?.latitude ?? '', point?.longitude ?? ''].map(cell).join(',');
  });
  return {
    csv: `${[[...columns, 'latitude', 'longitude'].join(','), ...lines].join('\n')}\n`,
    schools: rows.map(({ school_id = '', school_name = '' }) => ({ id: school_id, name: school_name })),
    located: points.filter((point) => point !== undefined).length,
  };
};
