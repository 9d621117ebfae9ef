/** An instant column as RFC 3339 in UTC with milliseconds, whatever zone the session has. */
export const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The calendar days from one instant to another on the district's own calendar. */
export const daysBetween = (from: string, to: string, zone: string): string =>
  `((${to} AT TIME ZONE ${zone})::date - (${from} AT TIME ZONE ${zone})::date)`;
