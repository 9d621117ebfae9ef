import { createHash } from 'node:crypto';

import { problems } from '../http/problem.js';

const depthMax = 64;

/** JSON with the members of every object in one order, so that two writings of one value are one text. */
const inOneOrder = (value: unknown, depth = 0): unknown => {
  if (depth > depthMax) throw problems.badInput(`The body nests deeper than ${depthMax} levels.`);
  if (Array.isArray(value)) return value.map((item) => inOneOrder(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inOneOrder(member, depth + 1)]));
};

/** What was waited for is not part of what was asked. */
const targetOf = (originalUrl: string): string => {
  const { pathname, searchParams } = new URL(originalUrl, 'http://service');
  searchParams.delete('min-position');
  return `${pathname}?${searchParams.toString()}`;
};

/**
 * Says what was asked: a key used again for another method, path, query or body is another command. JSON counts by its
 * value, a file by its bytes. SHA-256 in hexadecimal digits.
 * @throws a 400 problem for a body that nests deeper than 64 levels
 */
export const commandDigest = (request: { readonly method: string; readonly originalUrl: string; readonly body?: unknown }): string => {
  const { method, originalUrl, body } = request;
  const content = Buffer.isBuffer(body) ? body : JSON.stringify(inOneOrder(body ?? null));
  return createHash('sha256').update(`${method} ${targetOf(originalUrl)}\n`).update(content).digest('hex');
};
