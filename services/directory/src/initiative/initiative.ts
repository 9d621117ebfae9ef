import { createHash } from 'node:crypto';

import { initiativeDefinedV1 } from '@cairn/contracts';
import type { DomainEvent, Evolve } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';

export interface Initiative {
  readonly initiativeId: string;
  readonly name: string;
  readonly description: string;
  /** The fidelity score, 0-1, from which on use counts as full. */
  readonly fidelityCut: number;
}

export type InitiativeEvent = DomainEvent<'InitiativeDefined', Initiative>;

export const initiativeCatalogue: EventCatalogue<InitiativeEvent> = {
  InitiativeDefined: { schemaVersion: 1, data: initiativeDefinedV1.shape.data },
};

export const initiativeStream = (districtId: string, initiativeId: string): string =>
  `directory.initiative-${districtId}.${initiativeId}`;

/** Undefined: not defined. */
export const evolveInitiative: Evolve<Initiative | undefined, InitiativeEvent> = (_initiative, event) => event.data;

const slugCharactersMax = 64;

/** The id that a name makes, for addresses: `Blended learning` → `blended-learning`. A name without Latin letters or digits is hashed. */
export const initiativeIdOf = (name: string): string => {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, '-').slice(0, slugCharactersMax).replace(/^-+|-+$/g, '');
  return slug === '' ? `initiative-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : slug;
};
