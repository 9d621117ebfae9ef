import { EventStore } from '@cairn/event-store';
import type { Json, NewEvent } from '@cairn/event-store';
import { CommandRunner } from '@cairn/service-kit';
import type { CommandMeta } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';

import type { DirectoryEvent } from '../directory-events.js';
import { directoryCatalogue } from '../directory-events.js';
import type { RosterEvent } from './roster.js';
import { rosterStream } from './roster.js';
import type { RosterAnswer } from './roster-answer.js';
import type { SchoolFacts } from './roster-facts.js';
import { derivedId } from './school-id.js';

/** Appends under way at once; the store merges them into few round trips. */
const appendsMax = 256;

export interface RecordedImport {
  readonly importId: string;
  readonly effectiveAt: string;
  readonly order: { readonly districtId: string; readonly meta: CommandMeta };
}

type Stated = DirectoryEvent & { readonly eventId: string };

/** Puts the facts of an import on record: each school's in its stream, and then that the import was done. */
@Injectable()
export class RosterRecorder {
  constructor(
    private readonly store: EventStore,
    private readonly runner: CommandRunner,
  ) {}

  /** Version of the district's roster stream. */
  async version(districtId: string): Promise<number> {
    return (await this.runner.readWhole(rosterStream(districtId))).length;
  }

  /**
   * @returns the position of the last fact
   * @throws WrongExpectedVersionError when somebody else wrote to a school since it was compared; nothing else is lost
   */
  async record(roster: RecordedImport, rosterVersion: number, facts: readonly SchoolFacts[], answer: RosterAnswer): Promise<string> {
    for (let from = 0; from < facts.length; from += appendsMax) {
      const appended = await Promise.allSettled(facts.slice(from, from + appendsMax).map((group) => this.recordSchool(roster, group)));
      const failed = appended.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
    const { importId, effectiveAt, order } = roster;
    const stream = rosterStream(order.districtId);
    const since = await this.store.readStream(stream, { from: rosterVersion + 1 });
    const told = since.find(({ causationId }) => causationId === importId);
    if (told) return `${this.store.scope}:${told.position}`;
    const version = rosterVersion + since.length;
    const data: RosterEvent['data'] = {
      importId,
      effective: answer.effective,
      opened: answer.opened.length,
      renamed: answer.renamed.length,
      changed: answer.changed.length,
      unchanged: answer.unchanged,
      closed: answer.closed,
      rejected: answer.rejected.length,
    };
    const eventId = derivedId('roster-imported', importId, version);
    const imported: Stated = { type: 'RosterImported', occurredAt: effectiveAt, data, eventId };
    const { commandKey, commandDigest } = order.meta;
    const proof = commandKey === undefined ? {} : { commandKey, ...(commandDigest !== undefined && { commandDigest }) };
    const { position } = await this.store.append(stream, version === 0 ? 'no-stream' : version, [
      { ...this.toStore(roster, imported), ...proof },
    ]);
    return `${this.store.scope}:${position}`;
  }

  private async recordSchool(roster: RecordedImport, { stream, after, facts }: SchoolFacts): Promise<void> {
    const events = facts.map((fact) => this.toStore(roster, fact));
    await this.store.append(stream, after === 0 ? 'no-stream' : after, events);
  }

  private toStore({ importId, order }: RecordedImport, fact: Stated): NewEvent {
    const { schemaVersion, data } = directoryCatalogue[fact.type];
    const { actor, onBehalfOf, correlationId } = order.meta;
    return {
      id: fact.eventId,
      type: fact.type,
      schemaVersion,
      district: order.districtId,
      occurredAt: fact.occurredAt,
      actor,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      correlationId,
      causationId: importId,
      data: data.parse(fact.data) as Json,
    };
  }
}
