import { externalIdSchema } from '@cairn/contracts';
import type { ExternalId, SchoolProfile } from '@cairn/contracts';
import { z } from 'zod';

import type { School } from '../school/school.js';
import type { ChangedSchool, RosterDiff } from './diff-roster.js';

const line = z.int().describe('Line of the file, from 1');
const externalIds = z.array(externalIdSchema);

/** What an import answers, dry or applied. */
export const rosterAnswerSchema = z.object({
  importId: z.uuid(),
  mode: z.enum(['dry-run', 'apply']),
  effective: z.iso.date(),
  layout: z.enum(['state', 'nces']),
  opened: z.array(
    z.object({ line, schoolId: z.uuid(), name: z.string(), externalIds, reopened: z.literal(true).optional() }),
  ),
  renamed: z.array(z.object({ line, schoolId: z.uuid(), name: z.string(), from: z.string(), to: z.string() })),
  changed: z.array(
    z.object({
      line,
      schoolId: z.uuid(),
      name: z.string(),
      changes: z.array(
        z.object({ field: z.string(), from: z.union([z.string(), z.number()]).optional(), to: z.union([z.string(), z.number()]) }),
      ),
    }),
  ),
  unchanged: z.int().describe('Rows that say what the directory holds'),
  closingCandidates: z.array(
    z.object({ schoolId: z.uuid(), name: z.string(), externalIds, reason: z.string(), line: line.optional() }),
  ),
  closed: z.int().describe('How many of the candidates were closed'),
  rejected: z.array(z.object({ line, column: z.string(), reason: z.string() })),
  unknownColumns: z.array(z.string()),
  position: z.string().optional(),
});
export type RosterAnswer = z.infer<typeof rosterAnswerSchema>;

const changesOf = ({ school, profile, bound }: ChangedSchool) => [
  ...(bound ? [{ field: `${bound.scheme} id`, to: bound.value }] : []),
  ...Object.entries(profile ?? {}).flatMap(([field, to]) => {
    const from = school.profile[field as keyof SchoolProfile];
    if (to === undefined || from === to) return [];
    return [from === undefined ? { field, to } : { field, from, to }];
  }),
];

const idsOf = ({ externalIds: ids }: School): ExternalId[] => [...ids];

/** A diff as the API tells it, each list in the order of the file. */
export const rosterAnswer = (
  diff: RosterDiff,
  about: Pick<RosterAnswer, 'importId' | 'mode' | 'effective' | 'layout' | 'unknownColumns' | 'closed'>,
): RosterAnswer => ({
  importId: about.importId,
  mode: about.mode,
  effective: about.effective,
  layout: about.layout,
  opened: diff.opened.map(({ line: at, schoolId, name, externalId, reopened }) => ({
    line: at,
    schoolId,
    name,
    externalIds: [externalId],
    ...(reopened && { reopened: true as const }),
  })),
  renamed: diff.renamed.map(({ line: at, school, from, to }) => ({ line: at, schoolId: school.schoolId, name: to, from, to })),
  changed: diff.changed.map((change) => ({
    line: change.line,
    schoolId: change.school.schoolId,
    name: change.school.name,
    changes: changesOf(change),
  })),
  unchanged: diff.unchanged,
  closingCandidates: diff.closingCandidates.map(({ school, reason, line: at }) => ({
    schoolId: school.schoolId,
    name: school.name,
    externalIds: idsOf(school),
    reason,
    ...(at !== undefined && { line: at }),
  })),
  closed: about.closed,
  rejected: diff.rejected.map(({ line: at, column, reason }) => ({ line: at, column, reason })),
  unknownColumns: about.unknownColumns,
});
