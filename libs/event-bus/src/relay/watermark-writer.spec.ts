import { expect, test } from '@jest/globals';
import type { EventBus } from '../event-bus.js';
import { eventually } from '../testing/eventually.js';
import { WatermarkWriter } from './watermark-writer.js';

test('a mark that fails after later messages have said it is not due again', async () => {
  let fail = (_error: Error): void => undefined;
  const tried: string[] = [];
  const publishWatermark: EventBus['publishWatermark'] = (_topic, { position }) => {
    tried.push(position);
    return new Promise((_resolve, reject) => (fail = reject));
  };
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const writer = new WatermarkWriter({ bus: { publishWatermark } as EventBus, topic: 'topic', scope: 's', intervalMs: 1, onError });
  writer.say('1');
  await eventually('it is on its way', () => tried.length === 1);
  writer.unsay();
  fail(new Error('away'));
  await eventually('it has failed', () => errors.length === 1);
  expect(writer.isFailing).toBe(false);
  writer.say('2');
  await eventually('the next is on its way', () => tried.length === 2);
  expect(tried).toEqual(['1', '2']);
  fail(new Error('away'));
  await eventually('it is due still', () => tried.length === 3);
  expect(writer.isFailing).toBe(true);
  expect(tried).toEqual(['1', '2', '2']);
  const stopped = writer.stop();
  fail(new Error('stopped'));
  await stopped;
});
