import { isNativeError } from 'node:util/types';

export type EngineRole = 'event-store' | 'bus' | 'database';
export type EngineKind = 'postgresql' | 'eventstoredb' | 'kafka';

/** Something that a service stands on, as start-up, health and operations look at it. */
export interface Engine {
  readonly role: EngineRole;
  readonly kind: EngineKind;
  /** Hosts and ports, without who connects and with which password. */
  readonly address: string;
  /** The variable that names it. */
  readonly variable: string;
  /** Asks it for something small. @throws whatever its adapter throws */
  readonly check: () => Promise<void>;
}

const names: Readonly<Record<EngineKind, string>> = { postgresql: 'PostgreSQL', eventstoredb: 'EventStoreDB', kafka: 'Kafka' };

type Named = Omit<Engine, 'check' | 'role'>;

/** An engine is away, refuses, or is none that this platform works with. The message says which, where, and what to check. */
export class EngineTroubleError extends Error {
  override readonly name = 'EngineTroubleError';
}

const within = (error: unknown, depth = 0): readonly Error[] => {
  if (!isNativeError(error) || depth > 8) return [];
  const inner: unknown[] = [error.cause, 'driverError' in error ? error.driverError : undefined];
  if ('errors' in error && Array.isArray(error.errors)) inner.push(...(error.errors as readonly unknown[]));
  return [error, ...inner.flatMap((one) => within(one, depth + 1))];
};

const codeOf = (error: Error): string => ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? String(error.code) : '');

/** What a code or the words of a client say, in the words of whoever has to mend it. The first that fits is told. */
const meanings: readonly (readonly [fits: RegExp, what: string, check: string])[] = [
  [/ECONNREFUSED/, 'does not take connections', 'Check that it runs there, and the host and port in VARIABLE.'],
  [/ENOTFOUND|EAI_AGAIN|getaddrinfo|Name resolution failed/, 'cannot be found: its name has no address', 'Check the host in VARIABLE.'],
  [/^28\w{3}$|AccessDenied|access.denied|credentials|authentication|SASL|not authorized|unauthenticated/i, 'refuses the user or the password', 'Check both in VARIABLE, and what the user may do.'],
  [/^3D000$/, 'has no such database', 'Check the name in VARIABLE, or make the database.'],
  [/^(22023|3F000|42P01|42501|42703)$/, 'is not prepared for this service, or only for an older version of it', 'Start one copy with CAIRN_PREPARE_DATABASE=1 and the DATABASE_URL of the owner.'],
  [/^57P03$/, 'is still starting', 'It takes connections shortly.'],
  [/^53300$/, 'takes no more connections', 'Raise max_connections, or run fewer copies.'],
  [/cannot speak to|UNSUPPORTED_VERSION|UNIMPLEMENTED/, 'has a version that this platform cannot speak to', 'Upgrade it, or name another one in VARIABLE.'],
  [/certificate|self.signed|\bSSL\b|\bTLS\b|EPROTO/i, 'cannot be talked to in this way: its TLS differs', 'Check whether VARIABLE asks for TLS, and the certificates.'],
  [/timeout|timed out|deadline|ETIMEDOUT|did not answer within|^57014$/i, 'does not answer in time', 'Check that it is well, and that nothing between stands in the way.'],
];

const other = ['does not answer', 'Check that it runs there and is well, and VARIABLE.'] as const;

/** What is wrong with an engine, as one sentence to read in a log or in the answer of `/api/health/ready`. Holds no secret. */
export const engineTrouble = ({ kind, address, variable }: Named, error: unknown): EngineTroubleError => {
  if (error instanceof EngineTroubleError) return error;
  const errors = within(error);
  const said = [...errors.map(codeOf), ...errors.map(({ name }) => name), ...errors.map(({ message }) => message)];
  const [, what, check] = meanings.find(([fits]) => said.some((text) => fits.test(text))) ?? [undefined, ...other];
  const sentence = `${names[kind]} at ${address} ${what}. ${check.replace('VARIABLE', variable)}`;
  return new EngineTroubleError(sentence, { cause: error });
};

const majorMin = 15;

/** @throws EngineTroubleError when the server is older than what the platform was tried with */
export const requireSupportedPostgres = (versionNumber: string, address: string): void => {
  const major = Math.floor(Number(versionNumber) / 10_000);
  if (major >= majorMin) return;
  throw new EngineTroubleError(`PostgreSQL at ${address} is version ${major}; this platform needs ${majorMin} or newer. Upgrade it, or name another one in DATABASE_URL.`);
};

/** Something was not done within its time limit; it may be done yet. */
export class TimedOutError extends Error {
  override readonly name = 'TimedOutError';

  constructor(limit_ms: number) {
    super(`timed out after ${limit_ms} ms`);
  }
}

/** The answer of something within a time limit. @throws TimedOutError */
export const withinTime = async <Result>(work: Promise<Result>, limit_ms: number): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOutError(limit_ms)), limit_ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
