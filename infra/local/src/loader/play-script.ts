import type { LocalPerson, LocalTokenIssuer } from '@cairn/admin';

import type { SampleStep } from '../sample/index.js';
import type { ServiceUrls } from './sample-client.js';
import { issueCommand } from './sample-client.js';

/** What a run of the sample needs. */
export interface SampleRun {
  readonly urls: ServiceUrls;
  readonly issuer: LocalTokenIssuer;
  readonly people: readonly LocalPerson[];
  readonly onProgress: (message: string) => void;
  /** Ends the run between two steps, and the requests that are on their way. */
  readonly signal: AbortSignal;
}

interface Answer {
  readonly position?: string;
  readonly events?: readonly { readonly eventId: string }[];
}

const inFlightMax = 24;
const progressSteps = 250;

/** What has to be over before a step: a school's facts are recorded in their order, the rest stand apart. */
const laneOf = (step: SampleStep): string => (step.kind === 'adoption-command' ? step.schoolId : 'directory');

/** Issues the steps of the sample: those of one school one after the other, those of different schools side by side. */
export const playScript = async (steps: readonly SampleStep[], run: SampleRun): Promise<void> => {
  const tokens = new Map<string, string>();
  for (const person of run.people) tokens.set(person.personId, await run.issuer.issue(person, '1h', true));
  const player = new Player(run, tokens, steps.length);
  const set = steps.filter((step) => step.kind !== 'adoption-command');
  for (const step of set) await player.play(step);
  const lanes = new Map<string, SampleStep[]>();
  for (const step of steps) {
    if (step.kind === 'adoption-command') lanes.set(laneOf(step), [...(lanes.get(laneOf(step)) ?? []), step]);
  }
  const waiting = [...lanes.values()];
  const work = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const step of lane) await player.play(step);
    }
  };
  await Promise.all(Array.from({ length: inFlightMax }, work));
};

class Player {
  private readonly eventIds = new Map<string, string>();
  private seen: string | undefined;
  private done = 0;

  constructor(
    private readonly run: SampleRun,
    private readonly tokens: ReadonlyMap<string, string>,
    private readonly total: number,
  ) {}

  async play(step: SampleStep): Promise<void> {
    this.run.signal.throwIfAborted();
    const { service, path, contentType, body } = this.request(step);
    const token = this.tokens.get(step.actor);
    if (token === undefined) throw new Error(`${step.idempotencyKey} is by ${step.actor}, who is not of the sample`);
    const { idempotencyKey, recordedAt } = step;
    const seen = step.kind === 'adoption-command' ? this.seen : undefined;
    const answer = await issueCommand<Answer>(this.run.urls, token, {
      service, path, contentType, body, idempotencyKey, recordedAt, seen,
    }, this.run.signal);
    if (step.kind !== 'adoption-command') this.seen = answer.position ?? this.seen;
    const eventId = answer.events?.[0]?.eventId;
    if (eventId !== undefined) this.eventIds.set(idempotencyKey, eventId);
    this.done += 1;
    if (this.done % progressSteps === 0 || this.done === this.total) {
      this.run.onProgress(`Loading the Nashville sample: ${this.done} of ${this.total} records`);
    }
  }

  private request(step: SampleStep) {
    const json = { contentType: 'application/json' } as const;
    switch (step.kind) {
      case 'register-district':
        return { ...json, service: 'directory', path: '/api/districts', body: JSON.stringify(step.body) } as const;
      case 'define-initiative': {
        const path = `/api/districts/${step.districtId}/initiatives`;
        return { ...json, service: 'directory', path, body: JSON.stringify(step.body) } as const;
      }
      case 'import-roster': {
        const path = `/api/districts/${step.districtId}/roster-imports?mode=apply&effective=${step.effective}`;
        return { contentType: 'text/csv', service: 'directory', path, body: step.csv } as const;
      }
      case 'adoption-command': {
        const path = `/api/districts/${step.districtId}/schools/${step.schoolId}/adoptions/${step.initiativeId}/${step.command}`;
        const target = step.corrects === undefined ? {} : { correctsEventId: this.eventIdOf(step.corrects) };
        return { ...json, service: 'scaling-plan', path, body: JSON.stringify({ ...target, ...step.body }) } as const;
      }
    }
  }

  private eventIdOf(idempotencyKey: string): string {
    const eventId = this.eventIds.get(idempotencyKey);
    if (eventId === undefined) throw new Error(`The sample corrects ${idempotencyKey}, which it has not recorded`);
    return eventId;
  }
}
