import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';

import { problems } from './problem.js';

type Issue = { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined };

const fieldOf = (issue: Issue): string =>
  (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

/** Parses every body, query and path by the schema that its parameter names; what does not fit is a 400 that says where. */
export const validation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues: readonly Issue[]) =>
      problems.badInput(
        'Some of the input does not fit; see "errors".',
        issues.slice(0, 50).map((issue) => ({ field: fieldOf(issue), detail: issue.message })),
      ),
  });

/** A slug: what districts and initiatives are called in addresses. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Use 1 to 64 lower-case letters, digits and hyphens');

/** A calendar day (31 February does not exist) or an instant with its offset. */
export const dateOrInstantSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'Give a date (2025-10-01) or an instant with its offset (2025-10-01T08:00:00Z) that exists',
});

const wholeNumber = z.string().regex(/^\d{1,6}$/, 'Give a whole number').transform(Number);

/** `limit` 1-500, default 100, and the opaque `after` of the page before. */
export const pageSchema = {
  limit: wholeNumber.pipe(z.int().min(1).max(500)).default(100),
  after: z.string().min(1).max(1_000).optional(),
};

/** The query parameter that every read under a district takes; the interceptor acts on it. */
export const minPositionSchema = { 'min-position': z.string().min(1).max(500).optional() };
