import type { Instant } from '../event.js';

const dayMs = 86_400_000;
const shape = /^-?\d+\.\d{3}000$/;

/** `00`, `01`, … */
const numbers = (count: number, digits: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(digits, '0'));
const [two, three] = [numbers(60, 2), numbers(1_000, 3)];

/**
 * Reads the times of one column, row after row. What follows one another is mostly the same instant, as events of one
 * command are, or of the same day; the calendar is asked once for each day in a row.
 */
export class InstantReader {
  private lastSeconds: string | undefined;
  private lastInstant: Instant = '';
  private lastDay: number | undefined;
  /** `2025-10-01T` */
  private dayText = '';

  /**
   * `1759294800.123000`, seconds since 1970, → `2025-10-01T05:00:00.123Z`. The store writes whole milliseconds.
   * @throws Error for anything else, which is damage.
   */
  read(epochSeconds: string): Instant {
    if (epochSeconds === this.lastSeconds) return this.lastInstant;
    if (!shape.test(epochSeconds)) throw new Error(`${epochSeconds} s is no time that the store wrote`);
    const instant = this.instantOf(Math.round(Number(epochSeconds) * 1_000));
    this.lastSeconds = epochSeconds;
    this.lastInstant = instant;
    return instant;
  }

  private instantOf(milliseconds: number): Instant {
    const day = Math.floor(milliseconds / dayMs);
    if (day !== this.lastDay) {
      this.dayText = new Date(day * dayMs).toISOString().slice(0, -'00:00:00.000Z'.length);
      this.lastDay = day;
    }
    const ofDay = milliseconds - day * dayMs;
    const [hour, minute] = [Math.floor(ofDay / 3_600_000), Math.floor(ofDay / 60_000) % 60];
    const [second, fraction] = [Math.floor(ofDay / 1_000) % 60, ofDay % 1_000];
    return `${this.dayText}${two[hour] ?? ''}:${two[minute] ?? ''}:${two[second] ?? ''}.${three[fraction] ?? ''}Z`;
  }
}
