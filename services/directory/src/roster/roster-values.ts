/** A cell that was read, or why it cannot be. */
export type CellReading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

const good = <Value>(value: Value): CellReading<Value> => ({ ok: true, value });
const bad = (reason: string): CellReading<never> => ({ ok: false, reason });

const shown = (text: string): string => (text.length > 40 ? `"${text.slice(0, 40)}…"` : `"${text}"`);

/** Text on one line: composed, trimmed, runs of spaces and line ends made one space. */
export const tidy = (cell: string): string => cell.normalize('NFC').replace(/\s+/gu, ' ').trim();

/** Text of 1 to `charactersMax` characters without control characters, which neither JSON columns nor screens bear. */
export const readText = (cell: string, what: string, charactersMax: number): CellReading<string> => {
  const text = tidy(cell);
  if (text === '') return bad(`The ${what} is blank.`);
  if (text.length > charactersMax) {
    return bad(`The ${what} has ${text.length} characters; ${charactersMax} are allowed.`);
  }
  return /\p{Cc}/u.test(text) ? bad(`The ${what} holds a control character.`) : good(text);
};

/** A head count: a whole number from 0 to one million, written in digits alone. */
export const readCount = (cell: string): CellReading<number> => {
  const text = tidy(cell);
  if (/^-\d+$/.test(text)) return bad(`${shown(text)} is negative.`);
  if (!/^\d+$/.test(text)) return bad(`${shown(text)} is not a whole number.`);
  const count = Number(text);
  return count <= 1_000_000 ? good(count) : bad(`${shown(text)} is more than 1000000.`);
};

/** Degrees from `-degreesMax` to `degreesMax`, written as a decimal number. */
export const readDegrees = (cell: string, degreesMax: number): CellReading<number> => {
  const text = tidy(cell);
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) return bad(`${shown(text)} is not a number.`);
  // Adding zero turns -0 into 0, which JSON could not tell apart.
  const degrees = Number(text) + 0;
  const within = Math.abs(degrees) <= degreesMax;
  return within ? good(degrees) : bad(`${shown(text)} lies outside -${degreesMax} to ${degreesMax} degrees.`);
};

/** A calendar year of four digits. */
export const readYear = (cell: string): CellReading<number> => {
  const text = tidy(cell);
  return /^\d{4}$/.test(text) ? good(Number(text)) : bad(`${shown(text)} is not a year of four digits.`);
};
