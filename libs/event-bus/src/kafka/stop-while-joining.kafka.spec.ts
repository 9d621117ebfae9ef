import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { kafkaFixture } from './testing/kafka-fixture.js';

describe('a consumer that was started right after another one was killed', () => {
  const kafka = kafkaFixture();
  const service = consumerFixture();

  test('stops within 5 s also while its first join waits for the dead one', async () => {
    await kafka().made(1);
    const doomed = kafka().open(20_000);
    await kafka().join(doomed, new Ledger());
    await doomed.abandon();
    const consumer = service().start({ bus: kafka().open() });
    await sleep(1_000);
    expect(consumer.joined).toBe(false);
    const since = performance.now();
    await consumer.stop();
    expect(performance.now() - since).toBeLessThan(5_000);
    await eventually('nothing goes on', async () => !consumer.joined);
  });
});
