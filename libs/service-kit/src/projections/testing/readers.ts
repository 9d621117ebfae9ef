import type { Copies } from './copies.js';

export interface Told {
  readonly answers: number;
  readonly failures: readonly string[];
  /** Answers that were not of one state: rows, count and checkpoint did not agree, or it went back. */
  readonly torn: readonly string[];
}

/** Readers that never rest, and check every answer: rows, count and checkpoint of one snapshot belong together. */
export class Readers {
  private readonly stopping = new AbortController();
  private readonly failures: string[] = [];
  private readonly torn: string[] = [];
  private answers = 0;
  private readonly reading: readonly Promise<void>[];

  private constructor(
    private readonly copies: Copies,
    readers: number,
  ) {
    this.reading = Array.from({ length: readers }, () => this.read());
  }

  static start(copies: Copies, readers: number): Readers {
    return new Readers(copies, readers);
  }

  async stop(): Promise<Told> {
    this.stopping.abort();
    await Promise.all(this.reading);
    return { answers: this.answers, failures: this.failures, torn: this.torn };
  }

  private async read(): Promise<void> {
    let before = 0;
    while (!this.stopping.signal.aborted) {
      const client = await this.copies.pool.connect();
      try {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await client.query('LOCK TABLE seen, seen_count IN ACCESS SHARE MODE');
        const checkpoint = await client.query<{ position: string }>('SELECT position FROM projection_checkpoint');
        const rows = await client.query<{ rows: number; top: number }>('SELECT count(*)::int AS rows, max(n) AS top FROM seen');
        const count = await client.query<{ many: number }>('SELECT many FROM seen_count');
        await client.query('COMMIT');
        const said = [Number(checkpoint.rows[0]?.position), rows.rows[0]?.rows, rows.rows[0]?.top, count.rows[0]?.many];
        if (new Set(said).size !== 1 || Number(said[0]) < before) this.torn.push(`${said.join(' ')} after ${before}`);
        before = Number(said[0]);
        this.answers += 1;
      } catch (error) {
        this.failures.push(error instanceof Error ? error.message : String(error));
        await client.query('ROLLBACK');
      } finally {
        client.release();
      }
    }
  }
}
