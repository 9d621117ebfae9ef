/** A name as SQL takes it, whatever it holds. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
