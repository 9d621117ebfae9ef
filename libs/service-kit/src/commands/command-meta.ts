import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { requirePrincipal } from '../http/principal.js';
import { problems } from '../http/problem.js';
import { contextOf } from '../http/request-context.js';
import { commandDigest } from './command-digest.js';

/** What a command carries besides its own content. */
export interface CommandMeta {
  readonly actor: string;
  readonly onBehalfOf?: string;
  readonly correlationId: string;
  /** The caller's `Idempotency-Key`, with a digest of what was asked under it. */
  readonly commandKey?: string;
  readonly commandDigest?: string;
  /** The caller's `If-Match`: the only version of the stream that the command may be decided on. */
  readonly ifMatch?: number;
}

const keyOf = (request: Request): string | undefined => {
  const key = request.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw problems.badInput('Idempotency-Key takes 1 to 200 printable characters.', [
    { field: 'Idempotency-Key', detail: 'Use for example a UUID' },
  ]);
};

const versionOf = (request: Request): number | undefined => {
  const header = request.header('if-match');
  if (header === undefined) return undefined;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw problems.badInput('If-Match takes one version in double quotes.', [{ field: 'If-Match', detail: 'Send "7"' }]);
};

const personOf = (request: Request): string | undefined => {
  const person = request.header('on-behalf-of');
  if (person === undefined || /^[\x21-\x7e]{1,200}$/.test(person)) return person;
  throw problems.badInput('On-Behalf-Of takes the id of one person.', [{ field: 'On-Behalf-Of', detail: 'Send a person id' }]);
};

/** Hands a command's meta data to a handler. */
export const Meta = createParamDecorator((_data: unknown, context: ExecutionContext): CommandMeta => {
  const request = context.switchToHttp().getRequest<Request>();
  const commandKey = keyOf(request);
  const onBehalfOf = personOf(request);
  const ifMatch = versionOf(request);
  return {
    actor: requirePrincipal(request).personId,
    correlationId: contextOf(request)?.correlationId ?? 'unknown',
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(commandKey === undefined ? {} : { commandKey, commandDigest: commandDigest(request) }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
});
