import { expect, test } from '@jest/globals';
import { eventually } from '../testing/eventually.js';
import { CheckpointWriter } from './checkpoint-writer.js';

/** A checkpoint that fails as often as it is told, and a writer on it. */
const open = ({ intervalMs = 20, failing = 0, hanging = Promise.resolve() } = {}) => {
  const saves: string[] = [];
  const errors: unknown[] = [];
  const checkpoint = {
    load: () => Promise.resolve(saves.at(-1)),
    save: async (position: string) => {
      await hanging;
      if (failing > 0) {
        failing -= 1;
        throw new Error('The database is away');
      }
      saves.push(position);
    },
  };
  const saved: string[] = [];
  const writer = new CheckpointWriter({ checkpoint, intervalMs, hangsAfterMs: 50, onSaved: (position) => saved.push(position), onError: (error) => errors.push(error) });
  return { writer, saves, saved, errors, mend: () => (failing = 0) };
};

test('batches that are out within one interval share a save', async () => {
  const { writer, saves, saved } = open();
  for (const position of ['1', '2', '3']) {
    writer.say(position);
    expect(await writer.mayGoOn()).toBe(true);
  }
  await eventually('it is saved', () => saved.length > 0);
  expect(saves).toEqual(['3']);
  await writer.stop();
  expect(saves).toEqual(['3']);
});

test('no more goes out while a save has failed, until one succeeds', async () => {
  const { writer, saves, errors, mend } = open({ failing: Infinity });
  writer.say('1');
  await eventually('it has failed', () => errors.length > 0);
  let goesOn = false;
  const more = writer.mayGoOn().then((may) => (goesOn = may));
  await eventually('it has failed again', () => errors.length > 2);
  expect(goesOn).toBe(false);
  mend();
  expect(await more).toBe(true);
  expect(saves).toEqual(['1']);
  await writer.stop();
});

test('no more goes out while a save does not come to an end', async () => {
  let end: () => void = () => undefined;
  const { writer, saves } = open({ hanging: new Promise<void>((resolve) => (end = resolve)) });
  writer.say('1');
  const waits = async (): Promise<boolean> => {
    const over = new Promise<boolean>((resolve) => setImmediate(() => resolve(true)));
    return Promise.race([writer.mayGoOn().then(() => false), over]);
  };
  await eventually('it is waited for', waits);
  const more = writer.mayGoOn();
  end();
  expect(await more).toBe(true);
  expect(saves).toEqual(['1']);
  await writer.stop();
});

test('what a server has forgotten is saved once more', async () => {
  const { writer, saves } = open();
  writer.sayAgain();
  writer.say('1');
  await eventually('it is saved', () => saves.length === 1);
  writer.sayAgain();
  await eventually('it is saved again', () => saves.length === 2);
  expect(saves).toEqual(['1', '1']);
  await writer.stop();
});

test('who waits for a save that fails is let go when the turn ends, to publish no more', async () => {
  const { writer, errors } = open({ failing: Infinity });
  writer.say('1');
  await eventually('it has failed', () => errors.length > 0);
  const more = writer.mayGoOn();
  writer.release();
  expect(await more).toBe(false);
  await writer.stop();
});

test('what is said until the end is saved at once when it stops', async () => {
  const { writer, saves } = open({ intervalMs: 600_000 });
  writer.say('1');
  writer.release();
  writer.say('2');
  await writer.stop();
  expect(saves).toEqual(['2']);
});
