import { createHash } from 'node:crypto';

/** The namespace of every id that the directory derives; a fixed UUID, so that the same input gives the same id for ever. */
const namespace = Buffer.from('6f1c1d0e5b7a4c8e9a3d2f4b8c6e7a10', 'hex');

/** UUID version 5 (RFC 9562, section 5.5) of the parts; they are joined so that no two lists of parts meet. */
export const derivedUuid = (...parts: readonly (string | number)[]): string => {
  const bytes = createHash('sha1').update(namespace).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/**
 * Our own id of a school: derived from the external id it was first known by, so that an import that is run again
 * names the same school. External ids are used again after a school has closed; `binding` counts, from 1, how often.
 */
export const schoolIdFor = (districtId: string, scheme: string, value: string, binding: number): string =>
  derivedUuid('school', districtId, scheme, value, binding);
