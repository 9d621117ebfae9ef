import { createHash } from 'node:crypto';

import { schemaUriOf } from '@cairn/contracts';
import type { AdoptionPublicEvent, AnyPublicEvent, DirectoryPublicEvent, Stage } from '@cairn/contracts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The n-th UUID of a kind: readable in failures, and the same in every run. */
export const uuid = (kind: string, n: number): string => {
  const hex = sha(kind).slice(0, 8);
  return `${hex}-0000-4000-8000-${String(n).padStart(12, '0')}`;
};

export const district = 'mnps';
export const initiative = 'blended-learning';
export const schoolId = (n: number): string => uuid('school', n);

/** Midnight in Nashville (UTC-5 in summer) of a day of September 2024; days over 30 run into October and on. */
export const day = (n: number): string => new Date(Date.UTC(2024, 8, n, 5)).toISOString();

type Known = DirectoryPublicEvent | AdoptionPublicEvent;
type ShortName<Type extends string> = Type extends `org.cairn.${string}.${infer Name}.v1` ? Name : never;
type Named<Event extends Known, Name extends string> = Event extends { readonly type: `org.cairn.${string}.${Name}.v1` } ? Event : never;

export interface When {
  readonly occurredAt: string;
  /** Default: when it occurred. */
  readonly recordedAt?: string;
  /** Default: `school` and initiative of the tests. */
  readonly initiativeId?: string;
}

/** Makes public events as the services publish them: versions by stream from 1, ids by stream and version. */
export class Publisher {
  private readonly versions = new Map<string, number>();
  private made = 0;

  constructor(private readonly district: string = 'mnps') {}

  school<Name extends ShortName<DirectoryPublicEvent['type']>>(
    name: Name,
    school: number,
    when: When,
    data: Omit<Named<DirectoryPublicEvent, Name>['data'], 'schoolId'>,
  ): AnyPublicEvent {
    const id = schoolId(school);
    return this.event(`org.cairn.directory.${name}.v1`, 'directory', `school-${id}`, id, when, { schoolId: id, ...data });
  }

  districtRegistered(timeZone = 'America/Chicago', when: When = { occurredAt: day(-60) }): AnyPublicEvent {
    const data = { districtId: this.district, name: 'Metro Nashville Public Schools', timeZone, schoolYearFirstMonth: 8 };
    return this.event('org.cairn.directory.district-registered.v1', 'directory', `district-${this.district}`, this.district, when, data);
  }

  initiativeDefined(initiativeId = initiative, when: When = { occurredAt: day(-60) }): AnyPublicEvent {
    const data = { initiativeId, name: 'Blended learning', description: '', fidelityCut: 0.7 };
    const stream = `initiative-${this.district}.${initiativeId}`;
    return this.event('org.cairn.directory.initiative-defined.v1', 'directory', stream, initiativeId, when, data);
  }

  opened(school: number, name: string, when: When): AnyPublicEvent {
    const externalIds = [{ scheme: 'state', value: String(school).padStart(5, '0') }];
    return this.school('school-opened', school, when, { name, externalIds, profile: { enrollment: 400 + school } });
  }

  adoption<Name extends ShortName<AdoptionPublicEvent['type']>>(
    name: Name,
    school: number,
    when: When,
    data: Omit<Named<AdoptionPublicEvent, Name>['data'], 'schoolId' | 'initiativeId'>,
  ): AnyPublicEvent {
    return this.anyAdoption(name, school, when, data);
  }

  anyAdoption(name: ShortName<AdoptionPublicEvent['type']>, school: number, when: When, data: object): AnyPublicEvent {
    const id = schoolId(school);
    const initiativeId = when.initiativeId ?? initiative;
    const whole = { schoolId: id, initiativeId, ...data };
    return this.event(`org.cairn.adoption.${name}.v1`, 'scaling-plan', `adoption-${id}.${initiativeId}`, id, when, whole);
  }

  /** The event that was made last, never to be published. */
  takeBack(event: AnyPublicEvent): void {
    this.versions.set(event.stream, event.streamversion - 1);
    this.made -= 1;
  }

  started(school: number, when: When): AnyPublicEvent {
    return this.adoption('started', school, when, {});
  }

  advanced(school: number, to: Stage, when: When): AnyPublicEvent {
    return this.adoption('stage-advanced', school, when, { from: 'exploration', to });
  }

  event(type: string, service: string, stream: string, subject: string, when: When, data: unknown): AnyPublicEvent {
    const whole = `${service}.${stream}`;
    const version = (this.versions.get(whole) ?? 0) + 1;
    this.versions.set(whole, version);
    this.made += 1;
    return {
      specversion: '1.0',
      id: uuid(whole, version),
      source: `/cairn/${service}`,
      type,
      subject,
      time: when.occurredAt,
      datacontenttype: 'application/json',
      dataschema: schemaUriOf(type),
      district: this.district,
      stream: whole,
      streamversion: version,
      position: String(this.made),
      recordedat: when.recordedAt ?? when.occurredAt,
      actor: 'person-operator',
      correlationid: uuid('request', this.made),
      hash: sha(`${whole} ${version}`),
      data,
    };
  }
}
