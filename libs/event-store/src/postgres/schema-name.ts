const identifier = /^[a-z_][a-z0-9_]{0,62}$/;

/** A schema or role name for use inside SQL text, quoted. @throws Error unless it is a plain lower-case identifier. */
export const quotedName = (name: string): string => {
  if (!identifier.test(name)) throw new Error(`${name} is not a lower-case PostgreSQL identifier`);
  return `"${name}"`;
};
