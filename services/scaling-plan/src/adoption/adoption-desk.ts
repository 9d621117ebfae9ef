import { reject } from '@cairn/decider';
import type { Decide } from '@cairn/decider';
import { CommandRunner, whenRecorded } from '@cairn/service-kit';
import type { CommandMeta, CommandOutcome } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';

import { DirectoryCopy } from '../read/directory-copy.read.js';
import type { AdoptionEvent, SchoolAdoption } from './adoption.js';
import { adoptionEvents, evolveAdoption, initialAdoption } from './adoption.js';
import type { AdoptionCommand } from './adoption-law.js';
import type { AdoptionRejection } from './adoption-rejection.js';

/** Which adoption a request is about. */
export interface AdoptionPath {
  readonly districtId: string;
  readonly schoolId: string;
  readonly initiativeId: string;
}

/** A request as it came over HTTP: `occurredAt` may be a day of the district. */
export interface AdoptionOrder<Body extends { readonly occurredAt?: string | undefined }> {
  readonly path: AdoptionPath;
  readonly body: Body;
  readonly meta: CommandMeta;
}

/** A decision's command: the body, with instants, and what the desk looks up for it. */
export type AdoptionCommandOf<Body> = Omit<Body, 'occurredAt'> & AdoptionCommand;

export const adoptionStream = ({ schoolId, initiativeId }: Pick<AdoptionPath, 'schoolId' | 'initiativeId'>): string =>
  `scaling-plan.adoption-${schoolId}.${initiativeId}`;

/** Looks up what a command about an adoption rests on (zone, school, initiative) and runs its decision on the stream. */
@Injectable()
export class AdoptionDesk {
  constructor(
    private readonly directory: DirectoryCopy,
    private readonly runner: CommandRunner,
  ) {}

  async run<Body extends { readonly occurredAt?: string | undefined }, Event extends AdoptionEvent>(
    { path, body, meta }: AdoptionOrder<Body>,
    decide: Decide<AdoptionCommandOf<Body>, SchoolAdoption, Event, AdoptionRejection>,
  ): Promise<CommandOutcome<AdoptionRejection>> {
    const { districtId, schoolId, initiativeId } = path;
    const stream = adoptionStream(path);
    const history = this.runner.readAhead(stream);
    const known = await this.directory.find(districtId, schoolId, initiativeId);
    if (!known.district) return reject({ type: 'UnknownDistrict', districtId });
    if (!known.school) return reject({ type: 'UnknownSchool', schoolId });
    if (!known.initiative) return reject({ type: 'UnknownInitiative', initiativeId });
    const now = this.runner.now();
    const command: AdoptionCommandOf<Body> = {
      ...body,
      schoolId,
      initiativeId,
      now,
      occurredAt: body.occurredAt === undefined ? now : whenRecorded(body.occurredAt, known.district.timeZone),
      school: known.school,
      fidelityCut: known.initiative.fidelityCut,
    };
    return this.runner.run<AdoptionCommandOf<Body>, SchoolAdoption, AdoptionEvent, AdoptionRejection>({
      stream,
      history,
      district: districtId,
      decider: { decide, evolve: evolveAdoption, initialState: initialAdoption },
      catalogue: adoptionEvents,
      command,
      meta,
    });
  }
}
