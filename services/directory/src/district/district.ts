import { districtRegisteredV1 } from '@cairn/contracts';
import type { DomainEvent, Evolve } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';

export interface District {
  /** A slug; stands in addresses and on every event. */
  readonly districtId: string;
  readonly name: string;
  /** IANA name; what a date means is settled by it. */
  readonly timeZone: string;
  /** 1-12; the month in which a school year begins. */
  readonly schoolYearFirstMonth: number;
  /** A district to look at: its people and what happened in it are synthetic. */
  readonly sample?: true | undefined;
}

export type DistrictEvent = DomainEvent<'DistrictRegistered', District>;

export const districtCatalogue: EventCatalogue<DistrictEvent> = {
  DistrictRegistered: { schemaVersion: 1, data: districtRegisteredV1.shape.data },
};

export const districtStream = (districtId: string): string => `directory.district-${districtId}`;

/** Undefined: not registered. */
export const evolveDistrict: Evolve<District | undefined, DistrictEvent> = (_district, event) => event.data;
