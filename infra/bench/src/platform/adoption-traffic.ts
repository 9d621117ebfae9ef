import type { CairnProcess } from './cairn-process.js';

const district = 'bench';
const path = `/api/districts/${district}`;
const started = Date.parse('2025-03-03T06:00:00.000Z');

interface Answer {
  readonly position: string;
}

/** Lawful commands for the adoptions of a district's schools: start, then pause and resume in turn, a minute apart. */
export class AdoptionTraffic {
  private readonly moves = new Map<string, number>();
  private readonly idle: string[];

  private constructor(
    private readonly cairn: CairnProcess,
    adoptions: readonly string[],
  ) {
    this.idle = [...adoptions];
  }

  /** A district with so many schools, and initiatives that each of them may adopt. */
  static async open(cairn: CairnProcess, schools: number, initiatives: number): Promise<AdoptionTraffic> {
    await cairn.ask('POST', '/api/districts', { json: { districtId: district, name: 'Bench', timeZone: 'America/Chicago' } });
    const lines = Array.from({ length: schools }, (_, at) => `0190,Bench,${1_900_000 + at},School ${at},2024,400`);
    const csv = ['district_id,district_name,school_id,school_name,school_year_end,enrollment', ...lines].join('\n');
    await cairn.ask('POST', `${path}/roster-imports?mode=apply&effective=2025-01-01`, { csv: `${csv}\n` });
    const names = Array.from({ length: initiatives }, (_, at) => `Initiative ${at}`);
    for (const name of names) await cairn.ask('POST', `${path}/initiatives`, { json: { name, description: 'For a benchmark' } });
    const ids: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = await cairn.ask<{ items: { schoolId: string }[]; nextCursor?: string }>('GET', `${path}/schools?limit=200${query}`);
      ids.push(...page.items.map(({ schoolId }) => schoolId));
      if (page.nextCursor === undefined) break;
      cursor = page.nextCursor;
    }
    if (ids.length !== schools) throw new Error(`${ids.length} schools are there, ${schools} were imported`);
    const adoptions = ids.flatMap((id) => names.map((_, at) => `${id}/adoptions/initiative-${at}`));
    return new AdoptionTraffic(cairn, adoptions);
  }

  /** Sends one command to the adoption that rested longest; answers the position it was recorded at. */
  async command(): Promise<string> {
    const adoption = this.idle.shift();
    if (adoption === undefined) throw new Error('Every adoption is being written to');
    const move = this.moves.get(adoption) ?? 0;
    const name = move === 0 ? 'start' : move % 2 === 1 ? 'pause' : 'resume';
    const occurredAt = new Date(started + move * 60_000).toISOString();
    const json = name === 'start' ? { occurredAt } : { occurredAt, reason: 'for a benchmark' };
    const { position } = await this.cairn.ask<Answer>('POST', `${path}/schools/${adoption}/${name}`, { json });
    this.moves.set(adoption, move + 1);
    this.idle.push(adoption);
    return position;
  }

  /** Reads the district as an operator's page does, with that position applied. */
  async read(position: string): Promise<void> {
    await this.cairn.ask('GET', `${path}/adoption?initiative=initiative-0&min-position=${position}`);
  }
}
