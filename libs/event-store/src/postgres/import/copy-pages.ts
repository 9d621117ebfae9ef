/** Room for 18 digits in front of each line; PostgreSQL reads leading zeros. */
const positionDigits = 18;
const noPosition = '0'.repeat(positionDigits);
const pageBytes = 262_144;
/** A UTF-16 code unit takes at most this much in UTF-8. */
const unitBytesMax = 3;

interface Page {
  readonly bytes: Buffer;
  used: number;
  /** Where each line starts, its position included. */
  readonly starts: number[];
}

/**
 * The lines of a COPY as bytes, outside the heap of JavaScript, where tens of thousands of short texts that live for
 * long would keep the garbage collector busier than all the rest. The positions are written in when they are known.
 */
export class CopyPages {
  private readonly pages: Page[] = [];
  lines = 0;

  /** @param line with its end, without its position. */
  add(line: string): void {
    const bytesMax = positionDigits + line.length * unitBytesMax;
    let page = this.pages.at(-1);
    if (!page || page.used + bytesMax > page.bytes.length) {
      page = { bytes: Buffer.allocUnsafeSlow(Math.max(pageBytes, bytesMax)), used: 0, starts: [] };
      this.pages.push(page);
    }
    page.starts.push(page.used);
    page.used += page.bytes.write(noPosition, page.used, 'latin1');
    page.used += page.bytes.write(line, page.used, 'utf8');
    this.lines += 1;
  }

  /** `count` lines from the one with the number `from`, the first being 0, as they were added. */
  slice(from: number, count: number): string[] {
    const found: string[] = [];
    let number = 0;
    for (const { bytes, used, starts } of this.pages) {
      for (const [at, start] of starts.entries()) {
        if (number >= from && number < from + count) {
          found.push(bytes.toString('utf8', start + positionDigits, starts[at + 1] ?? used));
        }
        number += 1;
      }
    }
    return found;
  }

  /** What is to be sent, with positions from `first` on. */
  *numbered(first: number): Generator<Buffer> {
    let position = first;
    for (const { bytes, used, starts } of this.pages) {
      for (const start of starts) {
        bytes.write(String(position).padStart(positionDigits, '0'), start, 'latin1');
        position += 1;
      }
      yield bytes.subarray(0, used);
    }
  }
}
