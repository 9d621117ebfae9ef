import { InvalidAppendError } from './errors.js';
import { eventStoreLimits as limits } from './event.js';

/** Half a surrogate pair is no UTF-8; U+0000 cannot be kept in a text of PostgreSQL, where projections put what they read. */
const unkeepable = /[\u{0}\p{Cs}]/u;

/**
 * Checks that a value is JSON as RFC 8785 knows it, so that it reads back as it was written: no NaN, no infinities,
 * no half surrogate pairs, no U+0000, no dates or other objects that would silently become something else. A member of an
 * object may be undefined, which means that it is not there.
 * @throws InvalidAppendError with the path of the first value that is not.
 */
export const assertJson = (value: unknown, path = 'data', depth = 0): void => {
  if (depth > limits.dataDepthMax) throw new InvalidAppendError(`data nests deeper than ${limits.dataDepthMax} levels`);
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvalidAppendError(`${path} is ${value}, which JSON cannot say`);
  } else if (typeof value === 'string') {
    if (unkeepable.test(value)) throw new InvalidAppendError(`${path} has half a surrogate pair or U+0000`);
  } else if (Array.isArray(value)) {
    // Not `forEach`, which would step over holes.
    for (let index = 0; index < value.length; index += 1) assertJson(value[index], `${path}[${index}]`, depth + 1);
  } else if (isPlainObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (unkeepable.test(name)) throw new InvalidAppendError(`A name in ${path} has half a surrogate pair or U+0000`);
      if (member !== undefined) assertJson(member, `${path}.${name}`, depth + 1);
    }
  } else {
    throw new InvalidAppendError(`${path} is not JSON`);
  }
};

/** An object literal. Asked by shape and not by prototype, which differs between realms. */
const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  if ('toJSON' in value && typeof value.toJSON === 'function') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
