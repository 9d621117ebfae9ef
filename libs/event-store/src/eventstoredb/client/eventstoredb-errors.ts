import { isNativeError } from 'node:util/types';

import { convertToCommandError, ErrorType } from '@eventstore/db-client';

import { EventStoreAccessDeniedError, EventStoreUnavailableError } from '../../errors.js';
import { withoutPassword } from './connection-string.js';

/** Codes of gRPC, by their numbers: an error may come raw, without the `type` that the client gives to others. */
const grpc = { aborted: 10, invalidArgument: 3, permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

const ours = ['EventStoreUnavailableError', 'EventStoreAccessDeniedError', 'DamagedEventError', 'InvalidAppendError'];

/** The stream's revision was another one than expected. */
export class WrongRevisionError extends Error {
  override readonly name = 'WrongRevisionError';
}

/** What kind of error the client means, whichever way it came. */
export const typeOf = (error: unknown): string | undefined => {
  if (error instanceof WrongRevisionError) return ErrorType.WRONG_EXPECTED_VERSION;
  const converted: unknown = isNativeError(error) ? convertToCommandError(error) : error;
  return isNativeError(converted) && 'type' in converted ? String(converted.type) : undefined;
};

const codeOf = (error: Error): number | undefined =>
  'code' in error && typeof error.code === 'number' ? error.code : undefined;

/**
 * The server itself gave up on a write (`Operation timed out`): it drops, without an answer, a write whose ids another
 * write under way has too (IdempotentNotReady), and says so after its own CommitTimeout of 2 s.
 */
export const isServersTimeout = (error: unknown): boolean =>
  isNativeError(error) && (codeOf(error) === grpc.aborted || (isNativeError(error.cause) && codeOf(error.cause) === grpc.aborted));

/**
 * What a caller of the port is told. Everything that a retry may mend, and everything of which nobody knows whether it
 * was done, is unavailable: a raw gRPC error without a type as well as a server that is not the leader any more.
 */
export const normalised = (error: unknown): unknown => {
  if (!isNativeError(error) || ours.includes(error.name) || ['TypeError', 'RangeError'].includes(error.name)) {
    return error;
  }
  const code = codeOf(error);
  const said = withoutPassword(error.message === '' ? error.name : error.message);
  if (typeOf(error) === ErrorType.ACCESS_DENIED || code === grpc.permissionDenied || code === grpc.unauthenticated) {
    const message = `EventStoreDB refuses the user of the connection string: ${said}. It needs to read $all and to write`;
    return new EventStoreAccessDeniedError(message, { cause: error });
  }
  if (code === grpc.unimplemented) {
    const message = `The server does not know a call that EventStoreDB has since version 22.10: ${said}`;
    return new Error(message, { cause: error });
  }
  if (code === grpc.invalidArgument) return new Error(`EventStoreDB refuses the call: ${said}`, { cause: error });
  return new EventStoreUnavailableError(`EventStoreDB is not available: ${said}`, { cause: error });
};
