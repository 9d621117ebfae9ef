import { directoryEventSchema } from '@cairn/contracts';
import type { AnyPublicEvent, DirectoryPublicEvent, ExternalId, SchoolProfile } from '@cairn/contracts';

import type { Stretch } from '../bitemporal/rectangles.js';

const types: ReadonlySet<string> = new Set(directoryEventSchema.options.map((option) => option.shape.type.value));

const isDirectoryEvent = (event: AnyPublicEvent): event is DirectoryPublicEvent => types.has(event.type);

/** The directory event that a received event is, or undefined for another; `receivedIn` held it against its contract. */
export const directoryEventOf = (event: AnyPublicEvent): DirectoryPublicEvent | undefined =>
  isDirectoryEvent(event) ? event : undefined;

export type SchoolEvent = Extract<DirectoryPublicEvent, { readonly data: { readonly schoolId: string } }>;

/** The event about one school that a received event is, or undefined for another. */
export const schoolEventOf = (event: AnyPublicEvent): SchoolEvent | undefined => {
  const known = directoryEventOf(event);
  return known && 'schoolId' in known.data ? (known as SchoolEvent) : undefined;
};

/** A school as the directory knows it. One that is closed keeps its name and ids. */
export interface SchoolState {
  readonly open: boolean;
  readonly name: string;
  readonly externalIds: readonly ExternalId[];
  readonly profile: SchoolProfile;
}

const without = (ids: readonly ExternalId[], { scheme, value }: ExternalId): readonly ExternalId[] =>
  ids.filter((id) => id.scheme !== scheme || id.value !== value);

const evolve = (school: SchoolState | undefined, event: SchoolEvent): SchoolState | undefined => {
  if (event.type === 'org.cairn.directory.school-opened.v1') {
    const { name, externalIds, profile } = event.data;
    return { open: true, name, externalIds, profile };
  }
  if (!school) return undefined;
  switch (event.type) {
    case 'org.cairn.directory.school-renamed.v1':
      return { ...school, name: event.data.to };
    case 'org.cairn.directory.school-profile-changed.v1':
      return { ...school, profile: event.data.profile };
    case 'org.cairn.directory.school-closed.v1':
      return { ...school, open: false };
    case 'org.cairn.directory.school-reopened.v1':
      return { ...school, open: true };
    case 'org.cairn.directory.external-id-bound.v1':
      return { ...school, externalIds: [...without(school.externalIds, event.data.externalId), event.data.externalId] };
    case 'org.cairn.directory.external-id-released.v1':
      return { ...school, externalIds: without(school.externalIds, event.data.externalId) };
  }
};

/** The order of the directory's facts: when they were true, then when they were recorded. */
const inOrder = (a: SchoolEvent, b: SchoolEvent): number =>
  a.time === b.time ? a.streamversion - b.streamversion : a.time < b.time ? -1 : 1;

/** The stretches through which a school stayed the same, from its opening on; facts dated before it say nothing. */
export const schoolStretches = (events: readonly SchoolEvent[]): readonly Stretch<SchoolState>[] => {
  const stretches: Stretch<SchoolState>[] = [];
  let school: SchoolState | undefined;
  for (const event of [...events].sort(inOrder)) {
    school = evolve(school, event);
    if (!school) continue;
    const last = stretches.pop();
    if (last && last.from !== event.time) stretches.push({ ...last, to: event.time });
    stretches.push({ from: event.time, to: undefined, state: school });
  }
  return stretches;
};
