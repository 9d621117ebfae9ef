/** Printable ASCII without quote and backslash, which JSON leaves as it is. */
const plain = /^[ !#-[\]-~]*$/;

/** A text as JSON. Most texts of an envelope are plain, and to find that out costs less than to write them anew. */
export const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

const depthMax = 16;

/**
 * The canonical JSON (RFC 8785) of what nearly all data is: object literals and arrays, not deep, of plain texts, finite
 * numbers and truth values. Undefined for anything else, which is left to the library, as it is in doubt.
 */
export const plainJson = (value: unknown, depth = 0): string | undefined => {
  if (typeof value === 'string') return plain.test(value) ? `"${value}"` : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || depth === depthMax) return undefined;
  if (Array.isArray(value)) return plainArray(value, depth);
  return Object.getPrototypeOf(value) === Object.prototype ? plainObject(value as Record<string, unknown>, depth) : undefined;
};

const plainArray = (values: readonly unknown[], depth: number): string | undefined => {
  let text = '';
  // Not `for … of`, which costs more; a hole reads as undefined and is left to the library.
  for (let index = 0; index < values.length; index += 1) {
    const element = plainJson(values[index], depth + 1);
    if (element === undefined) return undefined;
    text += index === 0 ? element : `,${element}`;
  }
  return `[${text}]`;
};

const plainObject = (members: Record<string, unknown>, depth: number): string | undefined => {
  let text = '';
  // Sorted by UTF-16 code units, as RFC 8785 wants it.
  for (const name of Object.keys(members).sort()) {
    const member = plainJson(members[name], depth + 1);
    if (member === undefined || !plain.test(name)) return undefined;
    text += `${text === '' ? '' : ','}"${name}":${member}`;
  }
  return `{${text}}`;
};
