import type { BinaryWriter } from './binary-writer.js';

/** The numbers by which PostgreSQL knows the types of the elements. */
const typeIds = {
  bigint: 20,
  smallint: 21,
  int: 23,
  text: 25,
  json: 114,
  timestamptz: 1184,
  bytea: 17,
  uuid: 2950,
} as const;

const headerBytes = 20;

/** An array of PostgreSQL in its binary form, which the driver hands on as it is. @param write writes one element. */
export const binaryArray = <Element>(
  writer: BinaryWriter,
  type: keyof typeof typeIds,
  elements: readonly Element[],
  write: (element: Element) => void,
): Buffer => {
  writer.room(headerBytes);
  const start = writer.at;
  writer.int32(elements.length === 0 ? 0 : 1);
  // No element is null.
  writer.int32(0);
  writer.int32(typeIds[type]);
  if (elements.length > 0) {
    writer.int32(elements.length);
    // Counted from 1.
    writer.int32(1);
  }
  for (const element of elements) write(element);
  return writer.slice(start);
};
