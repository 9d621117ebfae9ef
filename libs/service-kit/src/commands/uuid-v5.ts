import { createHash } from 'node:crypto';

const namespace = Buffer.from('6f1b6c1e3d0b4c5b9f3c6a1d5e2f7a90', 'hex');

/** A UUID derived from a name (RFC 9562, version 5, a namespace of Cairn's own): the same name, the same id. */
export const uuidV5 = (name: string): string => {
  const digest = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
