/** A calendar day of the district, as YYYY-MM-DD; such strings sort in the order of time. */
export type Day = string;

const day_ms = 86_400_000;
const utcOf = (day: Day): Date => new Date(`${day}T00:00:00.000Z`);

/** The day `days` later. */
export const addDays = (day: Day, days: number): Day => new Date(utcOf(day).getTime() + days * day_ms).toISOString().slice(0, 10);

export const daysBetween = (from: Day, to: Day): number => Math.round((utcOf(to).getTime() - utcOf(from).getTime()) / day_ms);

const weekday = (day: Day): number => utcOf(day).getUTCDay();
const isWeekday = (day: Day): boolean => weekday(day) !== 0 && weekday(day) !== 6;
const monthAndDay = (day: Day): string => day.slice(5);

/** Thanksgiving is the fourth Thursday of November; offices close from the Wednesday before to the Friday after. */
const isThanksgivingBreak = (day: Day): boolean => {
  const first = weekday(`${day.slice(0, 4)}-11-01`);
  const thursday = 1 + ((4 - first + 7) % 7) + 21;
  const date = Number(day.slice(8));
  return day.slice(5, 7) === '11' && date >= thursday - 1 && date <= thursday + 1;
};

const isWinterBreak = (day: Day): boolean => monthAndDay(day) >= '12-20' || monthAndDay(day) <= '01-03';

/** A day on which somebody sits in an office and records: no weekend, no winter break, no Thanksgiving, no 4 July. */
export const isOfficeDay = (day: Day): boolean =>
  isWeekday(day) && !isWinterBreak(day) && !isThanksgivingBreak(day) && monthAndDay(day) !== '07-04';

/** A day on which schools are in session: office days from August to 25 May without the second week of March. */
export const isSchoolDay = (day: Day): boolean => {
  const at = monthAndDay(day);
  const spring = at >= '03-08' && at <= '03-14';
  return isOfficeDay(day) && (at >= '08-01' || at <= '05-25') && !spring;
};

export const officeDayFrom = (day: Day): Day => (isOfficeDay(day) ? day : officeDayFrom(addDays(day, 1)));

/** The days from `first` up to, not including, `end` on which schools are in session. */
export const schoolDays = (first: Day, end: Day): readonly Day[] =>
  Array.from({ length: Math.max(0, daysBetween(first, end)) }, (_, index) => addDays(first, index)).filter(isSchoolDay);

/** The window of time in which fidelity is measured on a day, or undefined between windows. */
export const windowOf = (day: Day): string | undefined => {
  const at = monthAndDay(day);
  if (at >= '09-01' && at <= '12-12') return `fall ${day.slice(0, 4)}`;
  return at >= '01-12' && at <= '05-12' ? `spring ${day.slice(0, 4)}` : undefined;
};

/**
 * The first day of the sample: the first office day on or after that 1 August which lies nearest to 25 months before
 * `today`, so that the sample holds two school years, and 19 to 31 months; fewer hold fewer than 2,000 events.
 */
export const firstDayBefore = (today: Day): Day => {
  const year = Number(today.slice(0, 4));
  const wanted_days = 760;
  const [nearest] = [year - 3, year - 2, year - 1]
    .map((each): Day => `${each}-08-01`)
    .sort((left, right) => Math.abs(daysBetween(left, today) - wanted_days) - Math.abs(daysBetween(right, today) - wanted_days));
  return officeDayFrom(nearest ?? today);
};

/** 1 August of each school year from that of `first` up to `end`. */
export const schoolYears = (first: Day, end: Day): readonly Day[] =>
  Array.from({ length: 4 }, (_, index): Day => `${Number(first.slice(0, 4)) + index}-08-01`).filter((day) => day < end);
