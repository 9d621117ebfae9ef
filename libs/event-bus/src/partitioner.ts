const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/**
 * MurmurHash2 of the bytes as a signed 32-bit number, as Kafka's default partitioner computes it: a topic keeps its
 * partitions when it moves to Kafka, and every client there agrees where a key lives.
 */
export const murmur2 = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const rest = bytes.subarray(whole);
  if (rest.length > 0) {
    for (const [at, byte] of rest.entries()) hash ^= byte << (8 * at);
    hash = Math.imul(hash, multiplier);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return (hash ^ (hash >>> 15)) | 0;
};

const utf8 = new TextEncoder();

/** The partition, from 0, that a key goes to. */
export const partitionOfKey = (key: string, partitions: number): number =>
  (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions;
