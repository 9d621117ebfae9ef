/** What a column of a roster says about a school. */
export type RosterField =
  | 'agencyId'
  | 'id'
  | 'name'
  | 'enrollment'
  | 'latitude'
  | 'longitude'
  | 'level'
  | 'gradeLow'
  | 'gradeHigh'
  | 'status'
  | 'schoolYear'
  | 'notKept';

export interface RosterLayout {
  /** The scheme of the ids in this layout: `state` numbers, or those of the National Center for Education Statistics. */
  readonly scheme: 'state' | 'nces';
  /** Column names in lower case; a header is matched without regard to case. */
  readonly columns: ReadonlyMap<string, RosterField>;
  readonly required: readonly string[];
  /** Texts that stand for "nothing was reported". */
  readonly placeholders: ReadonlySet<string>;
}

/** The layout of state school files, as in `samples/nashville/mnps-schools-2024.csv`. */
const state: RosterLayout = {
  scheme: 'state',
  columns: new Map<string, RosterField>([
    ['district_id', 'agencyId'],
    ['district_name', 'notKept'],
    ['school_id', 'id'],
    ['school_name', 'name'],
    ['school_year_end', 'schoolYear'],
    ['enrollment', 'enrollment'],
    ['latitude', 'latitude'],
    ['longitude', 'longitude'],
  ]),
  required: ['district_id', 'school_id', 'school_name'],
  placeholders: new Set(['']),
};

/**
 * The Common Core of Data of the National Center for Education Statistics, school directory with EDGE coordinates.
 * Its file documentation names the placeholders: M or -1 missing, N or -2 not applicable, -9 below its standards.
 */
const nces: RosterLayout = {
  scheme: 'nces',
  columns: new Map<string, RosterField>([
    ['ncessch', 'id'],
    ['leaid', 'agencyId'],
    ['sch_name', 'name'],
    ['level', 'level'],
    ['gslo', 'gradeLow'],
    ['gshi', 'gradeHigh'],
    ['sy_status_text', 'status'],
    ['latcod', 'latitude'],
    ['loncod', 'longitude'],
  ]),
  required: ['ncessch', 'leaid', 'sch_name', 'sy_status_text'],
  placeholders: new Set(['', 'm', 'n', '-1', '-2', '-9', 'missing', 'not applicable', 'not reported']),
};

export const rosterLayouts: readonly RosterLayout[] = [state, nces];

/** What a status of the Common Core of Data means for the directory. */
export type RosterStatus = 'open' | 'closed' | 'future';

/**
 * The eight values of SY_STATUS_TEXT in the directory files since 2014-15, the shorter name of status 5 before 2016-17,
 * and the wording of status 1 in the EDGE files.
 */
export const ccdStatuses: ReadonlyMap<string, RosterStatus> = new Map([
  ['open', 'open'],
  ['currently operational', 'open'],
  ['new', 'open'],
  ['added', 'open'],
  ['changed boundary/agency', 'open'],
  ['changed boundary', 'open'],
  ['reopened', 'open'],
  ['closed', 'closed'],
  ['inactive', 'closed'],
  ['future', 'future'],
]);
