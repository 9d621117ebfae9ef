import { startOfDay } from '@cairn/service-kit';

import type { Day } from './calendar.js';
import { addDays, officeDayFrom } from './calendar.js';
import type { Chance } from './chance.js';

/** A time at which somebody sits down and records. */
export interface Moment {
  readonly day: Day;
  /** RFC 3339 in UTC. */
  readonly at: string;
}

const opens_min = 7 * 60 + 30;
const closes_min = 16 * 60 + 30;

/** A time in office hours (07:30 to 16:30 in the zone) of the first office day from `day` on. Clocks change on Sundays only. */
const inOfficeHours = (day: Day, zone: string, chance: Chance): Moment => {
  const officeDay = officeDayFrom(day);
  const after_ms = chance.between(opens_min * 60, closes_min * 60 - 1) * 1_000 + chance.between(0, 999);
  return { day: officeDay, at: new Date(Date.parse(startOfDay(officeDay, zone)) + after_ms).toISOString() };
};

/** The same, and later than `before`: what rests on a record is recorded after it. */
export const inOfficeHoursAfter = (before: Moment | undefined, day: Day, zone: string, chance: Chance): Moment => {
  const wanted = before && before.day > day ? before.day : day;
  const moment = inOfficeHours(wanted, zone, chance);
  return before && moment.at <= before.at ? inOfficeHours(addDays(moment.day, 1), zone, chance) : moment;
};
