import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';

import type { Issue } from './issue-words.js';
import { problemItems } from './issue-words.js';
import type { ProblemException } from './problem.js';
import { problems } from './problem.js';

const namesNothing = { namesNothing: true };

const isOfNothing = (issue: Issue): boolean => 'params' in issue && issue.params === namesNothing;

const problemOfIssues = (issues: readonly Issue[]): ProblemException => {
  const ofNothing = issues.find(isOfNothing);
  if (ofNothing) return problems.notFound(ofNothing.message);
  return problems.badInput(
    'Some of the input does not fit; see "errors".',
    problemItems(issues).slice(0, 50),
  );
};

/**
 * Parses every body, query and path by the schema that its parameter names; what does not fit is a 400 that says
 * where, and an id in the address that cannot be one is a 404.
 */
export const validation = (): StandardSchemaValidationPipe => new StandardSchemaValidationPipe({ exceptionFactory: problemOfIssues });

/** Text that PostgreSQL, JSON and screens bear: no control characters but line ends and tabs, no half surrogate pairs. */
const plainText = (charactersMax: number) =>
  z.string().trim().max(charactersMax).regex(/^(?:[\n\t]|[^\p{Cc}\p{Cs}])*$/u, 'Give text without control characters');

/** Words of a caller, trimmed: 1 to `charactersMax` characters. */
export const words = (charactersMax: number) => plainText(charactersMax).min(1);

/** Words that may be left blank. */
export const wordsOrNone = plainText;

/** A slug: what districts and initiatives are called in addresses. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Use 1 to 64 lower-case letters, digits and hyphens');

/** An id in an address. One that is not well formed names nothing, just as one that nobody has. */
const inPath = (isWellFormed: (id: string) => boolean, what: string) =>
  z.string().refine(isWellFormed, { error: `There is no ${what} of this id.`, params: namesNothing });

const uuidSchema = z.uuid();

/** The id of a school in an address; stands in names of streams, so that it has one spelling. */
export const schoolIdSchema = inPath((id) => uuidSchema.safeParse(id).success, 'school').toLowerCase();

/** The slug of a district or an initiative in an address. */
export const slugInPathSchema = inPath((id) => slugSchema.safeParse(id).success, 'district or initiative');

/** Years that both the calendar of a district and PostgreSQL can hold, with a day to spare on either side of any offset. */
const isNear = (dateOrInstant: string): boolean => dateOrInstant >= '1900' && dateOrInstant < '2201';

/** A calendar day of the years 1900 to 2200; 31 February does not exist. */
export const dateSchema = z.iso
  .date({ error: 'Give a date (2025-10-01) that exists' })
  .refine(isNear, 'Give a date of the years 1900 to 2200');

/** A calendar day or an instant with its offset, of the years 1900 to 2200. */
export const dateOrInstantSchema = z.union([z.iso.date().refine(isNear), z.iso.datetime({ offset: true }).refine(isNear)], {
  error: 'Give a date (2025-10-01) or an instant with its offset (2025-10-01T08:00:00Z) that exists, of the years 1900 to 2200',
});

const wholeNumber = z.string().regex(/^\d{1,6}$/, 'Give a whole number').transform(Number);

/** `limit` 1-500, default 100, and the opaque `after` of the page before. */
export const pageSchema = {
  limit: wholeNumber.pipe(z.int().min(1).max(500)).default(100),
  after: z.string().min(1).max(1_000).optional(),
};

/** The query parameter that every read under a district takes; the interceptor acts on it. */
export const minPositionSchema = { 'min-position': z.string().min(1).max(500).optional() };
