import { randomUUID } from 'node:crypto';

import type { OutgoingMessage } from '@cairn/event-bus';

export type KafkaMessageOfBench = OutgoingMessage;

/** Public events of some 450 bytes, of two hundred schools; their positions go on from `first`. */
export const kafkaMessages = (count: number, first: number): readonly KafkaMessageOfBench[] =>
  Array.from({ length: count }, (_, at) => {
    const id = randomUUID();
    return {
      id,
      key: `0190-${String(at % 200).padStart(4, '0')}`,
      headers: { ce_id: id, ce_type: 'org.cairn.adoption.stage-advanced.v1', ce_source: '/cairn/bench', ce_specversion: '1.0' },
      value: JSON.stringify({ id, type: 'org.cairn.adoption.stage-advanced.v1', subject: `school-${at % 200}`, data: { text: 'x'.repeat(280) } }),
      scope: 'bench',
      sourcePosition: String(first + at),
    };
  });
