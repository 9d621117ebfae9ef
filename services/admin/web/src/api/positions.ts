/**
 * Positions that this browser's own commands were stored at. Every read asks for them as `min-position`, so that nobody looks at
 * a page without what they just recorded. After a minute each read model is long past them, and asking would only cost.
 */
const keptFor_ms = 60_000;
const newest = new Map<string, { token: string; until: number }>();

/** Keeps a token `<scope>:<position>`; a later one of the same scope takes its place. */
export const notePosition = (token: string | undefined): void => {
  if (!token) return;
  newest.set(token.slice(0, token.lastIndexOf(':')), { token, until: Date.now() + keptFor_ms });
};

/** The value of `min-position` for the next read, or undefined when there is nothing to wait for. */
export const minPosition = (): string | undefined => {
  const now = Date.now();
  const tokens = [...newest.values()].filter((kept) => kept.until > now).map((kept) => kept.token);
  return tokens.length > 0 ? tokens.join(',') : undefined;
};
