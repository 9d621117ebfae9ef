import type { ProblemItem } from './problem.js';

/** A fault that a schema found; the members beside the message are zod's. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: unknown;
  readonly keys?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly origin?: unknown;
}

const fieldOf = (issue: Issue): string =>
  (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

const amount = (issue: Issue, limit: unknown): string => (issue.origin === 'string' ? `${String(limit)} characters` : String(limit));

/** What was wrong, for a person; zod's own words where nothing plainer is known. */
const detailOf = (issue: Issue): string => {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'This is missing';
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'This must not be blank' : `This must be ${amount(issue, issue.minimum)} or more`;
  if (issue.code === 'too_big') return `This must be ${amount(issue, issue.maximum)} or less`;
  return issue.message;
};

/** The faults of an input as the items of a problem: a member that is not known is named like any other. */
export const problemItems = (issues: readonly Issue[]): readonly ProblemItem[] =>
  issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) {
      return issue.keys.map((key: unknown) => ({ field: String(key), detail: 'This is not known here; leave it out' }));
    }
    return [{ field: fieldOf(issue), detail: detailOf(issue) }];
  });
