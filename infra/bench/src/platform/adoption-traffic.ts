import type { CairnProcess } from './cairn-process.js';

const district = 'bench';
const path = `/api/districts/${district}`;
const started = Date.parse('2025-03-03T06:00:00.000Z');

interface Answer {
  readonly position: string;
  readonly events: readonly { readonly eventId: string }[];
}

/** What a command has put on record, and where it is to be seen. */
export interface Recorded {
  readonly position: string;
  readonly eventId: string;
  readonly schoolId: string;
  readonly initiativeId: string;
}

interface Adoption {
  readonly schoolId: string;
  readonly initiativeId: string;
}

/** Lawful commands for the adoptions of a district's schools: start, then pause and resume in turn, a minute apart. */
export class AdoptionTraffic {
  private readonly moves = new Map<Adoption, number>();
  private commands = 0;
  private readonly idle: Adoption[];

  private constructor(
    private readonly cairn: CairnProcess,
    adoptions: readonly Adoption[],
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
    const adoptions = ids.flatMap((schoolId) => names.map((_, at) => ({ schoolId, initiativeId: `initiative-${at}` })));
    return new AdoptionTraffic(cairn, adoptions);
  }

  /** How many commands were sent. */
  get sent(): number {
    return this.commands;
  }

  /** Sends one command to the adoption that rested longest. */
  async command(): Promise<Recorded> {
    this.commands += 1;
    const adoption = this.idle.shift();
    if (adoption === undefined) throw new Error('Every adoption is being written to');
    const { schoolId, initiativeId } = adoption;
    const move = this.moves.get(adoption) ?? 0;
    const name = move === 0 ? 'start' : move % 2 === 1 ? 'pause' : 'resume';
    const occurredAt = new Date(started + move * 60_000).toISOString();
    const json = name === 'start' ? { occurredAt } : { occurredAt, reason: 'for a benchmark' };
    const { position, events } = await this.cairn.ask<Answer>('POST', `${path}/schools/${schoolId}/adoptions/${initiativeId}/${name}`, { json });
    const [event] = events;
    if (event === undefined) throw new Error(`The command ${name} has recorded nothing`);
    this.moves.set(adoption, move + 1);
    this.idle.push(adoption);
    return { position, eventId: event.eventId, schoolId, initiativeId };
  }

  /** Reads what is on record of the adoption, as the page of its school does. @throws unless it holds what was recorded */
  async readAdoption({ position, eventId, schoolId, initiativeId }: Recorded): Promise<void> {
    const asked = `initiative=${initiativeId}&limit=200&min-position=${position}`;
    const { items } = await this.cairn.ask<{ items: readonly { eventId: string }[] }>('GET', `${path}/schools/${schoolId}/history?${asked}`);
    if (!items.some((item) => item.eventId === eventId)) throw new Error(`Event ${eventId} is not to be seen at ${position}`);
  }

  /** Reads where each school of the district stands, as an operator's first page does, with what was recorded applied. */
  async readDistrict({ position }: Recorded): Promise<void> {
    await this.cairn.ask('GET', `${path}/adoption?initiative=initiative-0&min-position=${position}`);
  }
}
