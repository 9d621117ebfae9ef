import { directoryEventSchema, schemaUriOf } from '@cairn/contracts';
import { describe, expect, test } from '@jest/globals';

import { knownEvent, NewerEventError, typesOf } from './known-event.js';

const type = 'org.cairn.directory.district-registered.v1';
const event = {
  specversion: '1.0',
  id: '6a0f2f0e-0000-4000-8000-000000000001',
  source: '/cairn/directory',
  type,
  subject: 'mnps',
  time: '2025-01-01T00:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: schemaUriOf(type),
  district: 'mnps',
  stream: 'directory.district-mnps',
  streamversion: 1,
  position: '1',
  recordedat: '2025-01-01T00:00:00.000Z',
  actor: 'somebody',
  correlationid: 'c-1',
  hash: 'a'.repeat(64),
  data: { districtId: 'mnps', name: 'Nashville', timeZone: 'America/Chicago', schoolYearFirstMonth: 8 },
};
const read = (change: object) => () => knownEvent(directoryEventSchema, { value: JSON.stringify({ ...event, ...change }) });

describe('an event that a decision rests on', () => {
  test('is read as its contract says, whatever was added to it', () => {
    expect(read({ traceparent: '00-1-2-01', data: { ...event.data, colour: 'green' } })()).toEqual(event);
    expect(typesOf(directoryEventSchema)).toContain(type);
  });

  test.each([
    ['a newer version', { type: 'org.cairn.directory.district-registered.v2', dataschema: schemaUriOf('org.cairn.directory.district-registered.v2') }, 'org.cairn.directory.district-registered.v2'],
    ['a kind of fact that came later', { type: 'org.cairn.directory.schools-merged.v1', dataschema: schemaUriOf('org.cairn.directory.schools-merged.v1') }, 'org.cairn.directory.schools-merged.v1'],
    ['another schema of a known type', { dataschema: 'urn:cairn:schema:org.cairn.directory.district-registered.v1.1' }, 'urn:cairn:schema:org.cairn.directory.district-registered.v1.1'],
  ])('%s is told as newer, not passed over', (_name, change, newer) => {
    expect(read(change)).toThrow(NewerEventError);
    expect(read(change)).toThrow(`${newer} is newer than this version of the service; update it and replay`);
  });

  test('that is not as its contract says is no newer one', () => {
    expect(read({ data: { districtId: 'mnps' } })).not.toThrow(NewerEventError);
    expect(read({ data: { districtId: 'mnps' } })).toThrow();
    expect(read({ hash: undefined })).toThrow();
  });

  test('one that is broken is told member by member, without what it says', () => {
    expect(read({ id: 'not-an-id', data: { ...event.data, name: 7 } })).toThrow(/^It is not as its contract says: id: /);
    expect(read({ data: { ...event.data, name: 7, timeZone: undefined } })).toThrow('data.timeZone: This is missing');
    expect(() => knownEvent(directoryEventSchema, { value: '{' })).toThrow('It is not as its contract says: its text is no JSON');
    expect(read({ hash: 'secret words' })).not.toThrow('secret words');
  });
});
