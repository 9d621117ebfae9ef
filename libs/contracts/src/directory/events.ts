import { z } from 'zod';

import { publicEvent } from '../public-event.js';

const schoolId = z.uuid();
const name = z.string().min(1).max(200);
const timeZone = z.string().min(1).max(64);

export const districtRegisteredV1 = publicEvent(
  'org.cairn.directory.district-registered.v1',
  z.object({
    districtId: z.string(),
    name,
    timeZone,
    schoolYearFirstMonth: z.int().min(1).max(12),
    /** A district to look at: its people and what happened in it are synthetic. */
    sample: z.literal(true).optional(),
  }),
);
export const initiativeDefinedV1 = publicEvent(
  'org.cairn.directory.initiative-defined.v1',
  z.object({
    initiativeId: z.string(),
    name,
    description: z.string().max(2_000),
    /** The fidelity score (0-1) that counts as full use. */
    fidelityCut: z.number().min(0).max(1),
  }),
);

/** An id that another system gave to the school; text, because leading zeros matter. */
export const externalIdSchema = z.object({ scheme: z.string().min(1).max(40), value: z.string().min(1).max(40) });
export type ExternalId = z.infer<typeof externalIdSchema>;

/** What rosters say about a school besides its name; a member that is absent was not said. */
export const schoolProfileSchema = z.object({
  enrollment: z.int().min(0).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  level: z.string().max(40).optional(),
  gradeLow: z.string().max(10).optional(),
  gradeHigh: z.string().max(10).optional(),
});
export type SchoolProfile = z.infer<typeof schoolProfileSchema>;

export const schoolOpenedV1 = publicEvent(
  'org.cairn.directory.school-opened.v1',
  z.object({ schoolId, name, externalIds: z.array(externalIdSchema), profile: schoolProfileSchema }),
);
export const schoolRenamedV1 = publicEvent(
  'org.cairn.directory.school-renamed.v1',
  z.object({ schoolId, from: name, to: name }),
);
/** `profile` is the whole profile as it stands from `time` on. */
export const schoolProfileChangedV1 = publicEvent(
  'org.cairn.directory.school-profile-changed.v1',
  z.object({ schoolId, profile: schoolProfileSchema }),
);
export const schoolClosedV1 = publicEvent(
  'org.cairn.directory.school-closed.v1',
  z.object({ schoolId, reason: z.string().max(2_000) }),
);
export const schoolReopenedV1 = publicEvent('org.cairn.directory.school-reopened.v1', z.object({ schoolId, reason: z.string().max(2_000) }));
export const externalIdBoundV1 = publicEvent(
  'org.cairn.directory.external-id-bound.v1',
  z.object({ schoolId, externalId: externalIdSchema }),
);
export const externalIdReleasedV1 = publicEvent(
  'org.cairn.directory.external-id-released.v1',
  z.object({ schoolId, externalId: externalIdSchema }),
);
export const rosterImportedV1 = publicEvent(
  'org.cairn.directory.roster-imported.v1',
  z.object({
    importId: z.uuid(),
    effective: z.iso.date(),
    opened: z.int(),
    renamed: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    closed: z.int(),
    rejected: z.int(),
  }),
);

/** Every public event of the directory. */
export const directoryEventSchema = z.discriminatedUnion('type', [
  districtRegisteredV1,
  initiativeDefinedV1,
  schoolOpenedV1,
  schoolRenamedV1,
  schoolProfileChangedV1,
  schoolClosedV1,
  schoolReopenedV1,
  externalIdBoundV1,
  externalIdReleasedV1,
  rosterImportedV1,
]);
export type DirectoryPublicEvent = z.infer<typeof directoryEventSchema>;
