/**
 * Calendar days in a district's time zone. A day is a text `YYYY-MM-DD`; an instant is RFC 3339 or milliseconds since 1970.
 * The services follow the same two rules: a day that is recorded means its start, a day that is read means its end.
 */
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const dayMs = 86_400_000;

const zoneFormats = new Map<string, Intl.DateTimeFormat>();
const zoneFormat = (zone: string): Intl.DateTimeFormat => {
  const known = zoneFormats.get(zone);
  if (known) return known;
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
  zoneFormats.set(zone, made);
  return made;
};

const wallClock = (ms: number, zone: string): { day: string; asUtc: number } => {
  const parts = Object.fromEntries(zoneFormat(zone).formatToParts(ms).map((part) => [part.type, part.value]));
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
  return { day, asUtc: Date.parse(`${day}T${parts['hour']}:${parts['minute']}:${parts['second']}Z`) };
};

const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const fromUtc = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Whether the text is a day of the calendar; 2025-02-31 is none. */
export const isDay = (text: string): boolean => dayPattern.test(text) && !Number.isNaN(utc(text)) && fromUtc(utc(text)) === text;

/** The day an instant falls on in the zone. A day stays what it is. */
export const dayOf = (when: string | number, zone: string): string =>
  typeof when === 'string' && dayPattern.test(when) ? when : wallClock(typeof when === 'number' ? when : Date.parse(when), zone).day;

/** The first millisecond of a day in the zone. Twice, because the offset may change between the guess and the answer. */
export const startOfDay = (day: string, zone: string): number => {
  const wanted = utc(day);
  const guess = wanted - (wallClock(wanted, zone).asUtc - wanted);
  return wanted - (wallClock(guess, zone).asUtc - guess);
};

/** The last millisecond of a day in the zone. */
export const endOfDay = (day: string, zone: string): number => startOfDay(addDays(day, 1), zone) - 1;

export const addDays = (day: string, days: number): string => fromUtc(utc(day) + days * dayMs);

/** The same day of another month, or that month's last when it is shorter. */
export const addMonths = (day: string, months: number): string => {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return fromUtc(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth)));
};

export const daysBetween = (from: string, to: string): number => Math.round((utc(to) - utc(from)) / dayMs);

/** The calendar year in which the school year of this day began. */
export const schoolYearOf = (day: string, firstMonth: number): number => {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return month >= firstMonth ? year : year - 1;
};

/** The first day of the school year that began in this calendar year. */
export const schoolYearStart = (year: number, firstMonth: number): string => `${year}-${String(firstMonth).padStart(2, '0')}-01`;
