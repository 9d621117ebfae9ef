import type { ChainedEnvelope } from '../../chain-append.js';
import { BinaryWriter } from '../binary/binary-writer.js';
import { metaText } from '../event-row.js';
import { positionOffset, rowBytesMax, writeRow } from './copy-row.js';

const pageBytes = 262_144;

/** Signature, no flags, no extension of the header. */
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** Where the next row would say how many columns it has. */
const trailer = Buffer.from([0xff, 0xff]);

interface Page {
  readonly writer: BinaryWriter;
  /** Where each row starts. */
  readonly starts: number[];
}

/**
 * The rows of a COPY as bytes, outside the heap of JavaScript, where tens of thousands of short texts that live for
 * long would keep the garbage collector busier than all the rest. The positions are written in when they are known.
 */
export class CopyPages {
  private readonly pages: Page[] = [];
  rows = 0;

  add(event: ChainedEnvelope, dataText: string): void {
    const meta = metaText(event);
    writeRow(this.pageFor(rowBytesMax(event, dataText, meta)), event, dataText, meta);
  }

  /** @param row as `slice` gave it. */
  addRow(row: Buffer): void {
    this.pageFor(row.length).raw(row);
  }

  /** `count` rows from the one with the number `from`, the first being 0, as they were added. */
  slice(from: number, count: number): Buffer[] {
    const found: Buffer[] = [];
    let number = 0;
    for (const { writer, starts } of this.pages) {
      for (const [at, start] of starts.entries()) {
        if (number >= from && number < from + count) found.push(writer.slice(start, starts[at + 1]));
        number += 1;
      }
    }
    return found;
  }

  /** What is to be sent, with positions from `first` on. */
  *numbered(first: number): Generator<Buffer> {
    let position = first;
    yield header;
    for (const { writer, starts } of this.pages) {
      const bytes = writer.slice(0);
      for (const start of starts) {
        bytes.writeBigInt64BE(BigInt(position), start + positionOffset);
        position += 1;
      }
      yield bytes;
    }
    yield trailer;
  }

  /** A page with room for so much, in which a row begins: its bytes stay where they are. */
  private pageFor(bytesMax: number): BinaryWriter {
    let page = this.pages.at(-1);
    if (!page || page.writer.left < bytesMax) {
      page = { writer: new BinaryWriter(Math.max(pageBytes, bytesMax)), starts: [] };
      this.pages.push(page);
    }
    page.starts.push(page.writer.at);
    this.rows += 1;
    return page.writer;
  }
}
