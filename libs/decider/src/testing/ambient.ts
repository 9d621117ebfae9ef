import crypto from 'node:crypto';

const forbidden = (name: string) => (): never => {
  throw new Error(`${name} was used inside a pure function; time, ids and chance arrive in the command`);
};

/**
 * Runs `work` with the ambient clock and chance replaced by ones that throw, so that a decision that reaches for
 * them fails its table. `new Date(text)` stays: it depends on its argument alone. A name imported from `node:crypto`
 * cannot be replaced; the lint rule on pure functions sees to that one.
 */
export const withoutAmbient = <Result>(work: () => Result): Result => {
  const original = { Date: globalThis.Date, random: Math.random, now: performance.now };
  const cryptoOriginal = { randomUUID: crypto.randomUUID, randomBytes: crypto.randomBytes };
  class PureDate extends original.Date {
    constructor(...values: readonly unknown[]) {
      if (values.length === 0) forbidden('new Date()')();
      super(...(values as [string]));
    }
    static override now = forbidden('Date.now()');
  }
  globalThis.Date = PureDate as unknown as DateConstructor;
  Math.random = forbidden('Math.random()');
  performance.now = forbidden('performance.now()');
  Object.assign(crypto, { randomUUID: forbidden('randomUUID()'), randomBytes: forbidden('randomBytes()') });
  Object.assign(globalThis.crypto, { randomUUID: forbidden('randomUUID()') });
  try {
    return work();
  } finally {
    globalThis.Date = original.Date;
    Math.random = original.random;
    performance.now = original.now;
    Object.assign(crypto, cryptoOriginal);
    Reflect.deleteProperty(globalThis.crypto, 'randomUUID');
  }
};
