/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;

/** Eight tables, so that eight bytes are taken at a step: table n has the remainder of a byte with n zero bytes behind. */
const tables = ((): Int32Array => {
  const all = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    all[byte] = rest;
  }
  for (let at = 256; at < all.length; at += 1) {
    const before = all[at - 256] ?? 0;
    all[at] = (before >>> 8) ^ (all[before & 0xff] ?? 0);
  }
  return all;
})();

/** CRC-32C of the bytes from `start` on, as a record batch carries it: RFC 3720, section 12.1. */
export const crc32c = (bytes: Uint8Array, start = 0): number => {
  const byte = (at: number): number => bytes[at] as number;
  const table = (at: number): number => tables[at] as number;
  const end = bytes.length;
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc ^= byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    crc =
      table(1_792 + (crc & 0xff)) ^
      table(1_536 + ((crc >>> 8) & 0xff)) ^
      table(1_280 + ((crc >>> 16) & 0xff)) ^
      table(1_024 + (crc >>> 24)) ^
      table(768 + byte(at + 4)) ^
      table(512 + byte(at + 5)) ^
      table(256 + byte(at + 6)) ^
      table(byte(at + 7));
  }
  for (; at < end; at += 1) crc = table((crc ^ byte(at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
};
