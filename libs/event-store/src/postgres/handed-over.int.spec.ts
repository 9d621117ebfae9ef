import { expect, jest, test } from '@jest/globals';

import { aStream, someEvents, Subscriber, until } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';

const records = new PostgresRecords();

test('a subscription is handed what its process appends, as the store has it, and reads what others append', async () => {
  const record = await records.create();
  const there = record.open();
  // By itself it would look for an hour later.
  const here = record.open({ pollIntervalMs: 3_600_000, idleIntervalMsMax: 3_600_000 });
  const subscriber = new Subscriber(here);
  await subscriber.subscription.started;
  await here.append(aStream(scope), 'no-stream', someEvents(1));
  await subscriber.untilCount(1);
  await here.append(aStream(scope), 'no-stream', someEvents(1));
  await subscriber.untilCount(2);
  const reading = jest.spyOn(here, 'readAll');
  for (let count = 3; count <= 12; count += 1) {
    await here.append(aStream(scope), 'no-stream', someEvents(1));
    await subscriber.untilCount(count);
  }
  // One, where it had read the last event before it was told of it.
  expect(reading.mock.calls.length).toBeLessThanOrEqual(1);

  const waking = setInterval(() => subscriber.subscription.wake(), 20);
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([
      there.append(aStream(scope), 'no-stream', someEvents(3)),
      here.append(aStream(scope), 'no-stream', someEvents(2)),
      there.append(aStream(scope), 'no-stream', someEvents(1)),
    ]);
  }
  await subscriber.untilCount(42).finally(() => clearInterval(waking));
  expect(subscriber.events).toEqual((await there.readAll()).events);
  expect(reading).toHaveBeenCalled();
});

test('a subscription reads the record that is there now, when it was exchanged for one that is shorter', async () => {
  const record = await records.create();
  const here = record.open();
  const subscriber = new Subscriber(here);
  await here.append(aStream(scope), 'no-stream', someEvents(20));
  await subscriber.untilCount(20);
  await subscriber.subscription.stop();
  for (const table of ['es_event', 'es_stream']) await records.pastTheGuard(record.schema, `DELETE FROM ${record.schema}.${table}`);
  await records.sql(`UPDATE ${record.schema}.es_head SET pos = 0`);
  const another = record.open();
  await another.append(aStream(scope), 'no-stream', someEvents(12));
  const anew = new Subscriber(here, { batchEventsMax: 5 });
  await anew.untilCount(12);
  await another.append(aStream(scope), 'no-stream', someEvents(1));
  await anew.untilCount(13);
  expect(anew.events).toEqual((await another.readAll()).events);
});

test('a subscription that is asked to look does so, whatever its process knows of', async () => {
  const record = await records.create();
  const [here, there] = [record.open({ pollIntervalMs: 3_600_000, idleIntervalMsMax: 3_600_000 }), record.open()];
  const subscriber = new Subscriber(here);
  await here.append(aStream(scope), 'no-stream', someEvents(1));
  await subscriber.untilCount(1);
  await there.append(aStream(scope), 'no-stream', someEvents(1));
  const waking = setInterval(() => subscriber.subscription.wake(), 20);
  await until('it has found the event', () => subscriber.events.length === 2).finally(() => clearInterval(waking));
});
