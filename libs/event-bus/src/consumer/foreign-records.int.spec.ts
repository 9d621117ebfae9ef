import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch, IncomingMessage } from '../event-bus.js';
import { incomingOfRecord } from '../kafka/record.js';
import { consumerFixture } from '../testing/consumer-fixture.js';
import type { FetchedRecord } from '../kafka/wire/wire-record.js';

const topic = 'topic';

/** Records that other systems have put into the topic: nothing of the port's rules holds of them. */
const foreign: Readonly<Record<string, Pick<FetchedRecord, 'value' | 'headers'>>> = {
  'bytes that are no text, as of Avro': { value: '\u0000\u0000\u0000\u0001\u0002abc', headers: [] },
  'a NUL in a header': { value: '{}', headers: [['trace', 'a\u0000b']] },
  'a NUL in the name of a header': { value: '{}', headers: [['tr\u0000ace', 'a']] },
  'half a character in moved headers': { value: '{}', headers: [['cairn_headers', '{"ce_x":"\\ud800"}']] },
  'a position that is none': { value: '{}', headers: [['cairn_scope', 'plans'], ['cairn_position', 'C:12/P:7']] },
};

describe('a record of another system', () => {
  const fixture = consumerFixture();

  const batchOf = (offset: number, record: Pick<FetchedRecord, 'value' | 'headers'>, key: string): IncomingBatch => {
    const incoming = incomingOfRecord({ topic, partition: 0 }, { ...record, key, offset: String(offset), timestamp: '0' });
    return { topic, partition: 0, fence: 1, lastOffset: String(offset), messages: [incoming] };
  };

  test.each(Object.entries(foreign))('is parked and holds up no other: %s', async (_, record) => {
    const { bus, deliver } = fixture().byHand();
    Object.assign(bus, { partitionOf: async () => 0 });
    const refuse = async (messages: readonly IncomingMessage[]): Promise<void> => {
      if (messages.some(({ key }) => key === 'foreign')) throw new Error('It is no event');
    };
    const consumer = fixture().start({ bus, attemptsMax: 1, apply: async (messages, session) => {
      await refuse(messages);
      await fixture().keep(messages, session);
    } });
    // Twice: what is kept of the first is compared with the second.
    await deliver(batchOf(0, record, 'foreign'));
    await deliver(batchOf(1, record, 'foreign'));
    await deliver(batchOf(2, { value: '{}', headers: [['cairn_id', 'own'], ['cairn_scope', 'plans'], ['cairn_position', '3']] }, 'other'));
    expect(await fixture().effectIds()).toEqual(['own']);
    expect(await consumer.countParked()).toEqual({ keys: 1, messages: 2 });
    expect((await consumer.listParked()).map(({ message }) => message.key)).toEqual(['foreign', 'foreign']);
  });
});
