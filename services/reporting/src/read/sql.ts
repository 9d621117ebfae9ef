/** An instant column as RFC 3339 in UTC with milliseconds, whatever zone the session has. */
export const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The calendar days from an instant of each row to one that is the same for all of them, on the district's own calendar. */
export const daysBetween = (from: string, to: string, zone: string): string =>
  `((SELECT (${to} AT TIME ZONE ${zone})::date) - (${from} AT TIME ZONE ${zone})::date)`;

/** As JSON, whatever the text holds; null where it is null. */
export const jsonText = (text: string): string => `coalesce(to_json(${text})::text, 'null')`;

/** The same, for less, of what JSON has nothing to escape in: an id, an instant, one word. */
export const jsonWord = (word: string): string => `coalesce('"' || ${word} || '"', 'null')`;

/** As JSON; null where it is null. */
export const jsonNumber = (number: string): string => `coalesce((${number})::text, 'null')`;

/**
 * The text of a JSON array that has an array for each row, of these cells, each of them JSON. It takes the server a quarter less
 * time for 150 schools than `json_agg`, which looks up anew for each value of each row how its type is written.
 */
export const jsonRows = (cells: readonly string[]): string =>
  `'[' || coalesce(string_agg('[' || ${cells.join(` || ',' || `)} || ']', ','), '') || ']'`;
