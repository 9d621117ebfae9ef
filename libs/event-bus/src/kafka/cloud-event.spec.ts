import { describe, expect, test } from '@jest/globals';
import type { KafkaMessage } from 'cloudevents';
import { Kafka } from 'cloudevents';
import type { OutgoingMessage } from '../event-bus.js';
import { message } from '../testing/messages.js';
import { contentTypeOfWhole } from './cloud-event.js';
import { eventBusLimits } from '../event-bus.js';
import { incomingOfRecord, recordOf, watermarkType } from './record.js';
import { decodeBatches } from './wire/decode-batches.js';
import { encodeBatch } from './wire/encode-batch.js';
import type { FetchedRecord, Header } from './wire/wire-record.js';

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: '/cairn/directory',
  type: 'org.cairn.directory.school-opened.v1',
  subject: 'school-1',
  time: '2026-01-01T06:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: 'https://example.org/schema.json',
  district: 'mnps',
  streamversion: 3,
  late: true,
  data: { name: 'École 学校 🏫', seats: 1.5, tags: ['a', 'b'] },
};

const { late: _late, data: _data, ...withoutLate } = event;

/** Out as bytes and in again. */
const onTheWire = (outgoing: OutgoingMessage): FetchedRecord => {
  const record = recordOf({ ...outgoing, kind: 'event', partition: 0 });
  const origin = { producerId: 1n, producerEpoch: 0, firstSequence: 0, timestamp: 0 };
  const [fetched] = decodeBatches(encodeBatch([record], origin), 0n);
  if (fetched === undefined) throw new Error('No record came out');
  return { ...fetched, offset: '7' };
};

const textOf = (record: FetchedRecord, header: string): string | undefined =>
  record.headers.find(([name]) => name === header)?.[1];

/** What a system sees that reads the topic with the SDK of CloudEvents; it takes texts, as its own producers give. */
const readByOthers = (record: FetchedRecord) => {
  const text = record.value ?? '';
  const headers = Object.fromEntries(record.headers);
  const kafkaMessage: KafkaMessage<string> = { key: record.key ?? '', value: text, body: text, headers };
  return Kafka.toEvent(kafkaMessage);
};

describe('a message as a record of Kafka', () => {
  test('carries a CloudEvent in binary mode: its data as the value, its attributes as headers', () => {
    const record = onTheWire(message('e-1', 'school-1', { value: JSON.stringify(event) }));
    expect(JSON.parse(record.value ?? '')).toEqual(event.data);
    expect(textOf(record, 'content-type')).toBe('application/json');
    expect(textOf(record, 'ce_type')).toBe(event.type);
    expect(textOf(record, 'ce_streamversion')).toBe('3');
    expect(textOf(record, 'ce_datacontenttype')).toBeUndefined();
    expect(record.key).toBe('school-1');
  });

  test('is read by the SDK of CloudEvents, in either mode', () => {
    for (const value of [JSON.stringify(event), JSON.stringify(event, undefined, 2)]) {
      const seen = readByOthers(onTheWire(message('e-1', 'school-1', { value })));
      expect(seen).toMatchObject({ id: 'e-1', type: event.type, subject: 'school-1', district: 'mnps', data: event.data });
    }
  });

  test.each([
    ['a CloudEvent', JSON.stringify(event), true],
    ['one with white space', JSON.stringify(event, undefined, 1), false],
    ['one whose data comes first', `{"data":{},${JSON.stringify({ ...event, data: undefined }).slice(1)}`, false],
    ['one with its attributes in another order', JSON.stringify({ late: true, ...withoutLate, data: {} }), true],
    ['one with a number that JSON writes in several ways', JSON.stringify(event).replace('1.5', '1.50'), false],
    ['one with an escape', JSON.stringify(event).replace('École', '\\u00c9cole'), false],
    ['one with a name twice', JSON.stringify(event).replace('"late":true', '"late":false,"late":true'), false],
    ['one with an attribute that no header can hold', JSON.stringify({ ...event, onbehalfof: null }), false],
    ['one with a number as its name', JSON.stringify({ ...event, 7: 'x' }), false],
    ['one with a __proto__', JSON.stringify(event).replace('"late"', '"__proto__"'), false],
    ['one with a name that every object has', JSON.stringify(event).replace('"late"', '"constructor"'), true],
    ['one whose text has such a name', JSON.stringify(event).replace('"late":true', '"constructor":"x"'), true],
    ['one without data', JSON.stringify({ ...event, data: undefined }), false],
    ['one whose data is null', JSON.stringify({ ...event, data: null }), true],
    ['one whose data is a text', JSON.stringify({ ...event, data: 'plain' }), true],
    ['one whose data is no JSON', JSON.stringify({ ...event, datacontenttype: 'text/csv' }), false],
    ['one without an id', JSON.stringify({ ...event, id: undefined }), false],
    ['one with an empty attribute', JSON.stringify({ ...event, subject: '' }), true],
    ['no CloudEvent', '{ "b": 1.50,\n"a" : "é\\u0000🏫" }', false],
    ['no JSON at all', 'hello', false],
    ['nothing', '', false],
  ])('%s comes out as it went in', (_, value, binary) => {
    const headers = {
      'content-type': 'application/cloudevents+json',
      'ce-type': event.type,
      ce_type: 'mine',
      cairn_id: 'mine',
      'cairn-district': 'mnps',
      traceparent: '00-1',
      übung: '"q"',
      empty: '',
    };
    const sent = message('m-1', 'école-🏫', { value, headers, scope: 'directory', sourcePosition: '0042' });
    const record = onTheWire(sent);
    expect(textOf(record, 'ce_specversion') !== undefined).toBe(binary);
    expect(textOf(record, 'traceparent')).toBe('00-1');
    const place = { topic: 'topic', partition: 0 };
    expect(incomingOfRecord(place, record)).toEqual({ ...sent, kind: 'event', ...place, offset: '7' });
  });

  test('names the content type of what travels whole', () => {
    expect(contentTypeOfWhole(JSON.stringify(event, undefined, 1))).toBe('application/cloudevents+json; charset=UTF-8');
    expect(contentTypeOfWhole('[]')).toBe('application/json');
  });
});

describe('a watermark as a record of Kafka', () => {
  test('is a CloudEvent of a type of its own, which others pass over', () => {
    const { headers, value } = recordOf({ kind: 'watermark', partition: 2, scope: 'directory', position: '77' });
    expect(Object.fromEntries(headers)).toMatchObject({ ce_type: watermarkType, cairn_kind: 'watermark', ce_specversion: '1.0' });
    expect(value).toBe('{"scope":"directory","position":"77"}');
  });
});

describe('a record that another system has put into the topic', () => {
  test('comes out as an event that stands in no store', () => {
    const record = { key: null, value: null, headers: [], offset: '3', timestamp: '0' };
    expect(incomingOfRecord({ topic: 't', partition: 1 }, record)).toMatchObject({
      kind: 'event',
      id: 't/1/3',
      key: 't/1',
      value: '',
      scope: 'foreign',
    });
  });

  test('is never what a database cannot keep, or what cannot be read', () => {
    const headers: Header[] = [['cairn_headers', '{'], ['ce_id', 'a\u0000b']];
    const record = { key: `k\u0000${'é'.repeat(5_000)}`, value: null, headers, offset: '3', timestamp: '0' };
    const incoming = incomingOfRecord({ topic: 't', partition: 1 }, record);
    expect(incoming).toMatchObject({ id: 'a\ufffdb', headers: {} });
    expect('key' in incoming && incoming.key).toBe(`k\ufffd${'é'.repeat(eventBusLimits.keyCharactersMax - 2)}`);
  });
});
