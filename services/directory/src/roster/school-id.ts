import { uuidV5 } from '@cairn/service-kit';

/** An id derived from its parts, joined so that no two lists of parts give the same name. */
export const derivedId = (...parts: readonly (string | number)[]): string => uuidV5(`directory\n${JSON.stringify(parts)}`);

/**
 * Our own id of a school: derived from the external id it was first known by, so that an import that is run again
 * names the same school. External ids are used again after a school has closed; `binding` counts, from 1, how often.
 */
export const schoolIdFor = (districtId: string, scheme: string, value: string, binding: number): string =>
  derivedId('school', districtId, scheme, value, binding);
