import { createHash, randomUUID } from 'node:crypto';

import type { OutgoingMessage } from '@cairn/event-bus';

const type = 'org.cairn.adoption.stage-advanced.v1';

/**
 * Public events as the service of the scaling plan publishes them, some 1,000 bytes each, of two hundred schools; their
 * positions begin with 1. The relay gives these headers, and the bus makes a CloudEvent in binary mode of each.
 */
export const kafkaMessages = (count: number): readonly OutgoingMessage[] =>
  Array.from({ length: count }, (_, at) => {
    const [id, position] = [randomUUID(), String(at + 1)];
    const schoolId = `6cb3aafa-6dd7-58c7-a2cd-08871279${String(at % 200).padStart(4, '0')}`;
    const event = {
      specversion: '1.0',
      id,
      source: '/cairn/scaling-plan',
      type,
      subject: schoolId,
      time: new Date(1_730_700_000_000 + at * 60_000).toISOString(),
      datacontenttype: 'application/json',
      dataschema: `urn:cairn:schema:${type}`,
      district: 'mnps',
      stream: `scaling-plan.adoption-${schoolId}.blended-learning`,
      streamversion: 2 + Math.floor(at / 200),
      position,
      recordedat: new Date(1_730_900_000_000 + at * 7).toISOString(),
      actor: 'person-ruth-okafor',
      correlationid: randomUUID(),
      hash: createHash('sha256').update(id).digest('hex'),
      data: {
        schoolId,
        initiativeId: 'blended-learning',
        evidence: 'The schedule and the devices are in place.',
        from: 'exploration',
        to: 'installation',
      },
    };
    return {
      id,
      key: schoolId,
      headers: { 'content-type': 'application/cloudevents+json', 'ce-type': type, 'cairn-district': 'mnps' },
      value: JSON.stringify(event),
      scope: 'scaling-plan',
      sourcePosition: position,
    };
  });
