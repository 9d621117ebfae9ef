import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnginesState } from './engines-state.js';
import { enginesDir, readEnginesState, removeEnginesState, writeEnginesState } from './engines-state.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-engines-state-'));
});

afterEach(() => rm(dir, { recursive: true }));

const byMaven: EnginesState = { by: 'maven', brokers: ['127.0.0.1:20001'], version: '4.3.0', pid: 7, started: 'boot/1', dataDir: '/data' };
const byCompose: EnginesState = { by: 'compose', brokers: ['127.0.0.1:20001'], version: '4.3.0', project: 'cairn-engines-1', eventStoreUrl: 'esdb://127.0.0.1:1' };

describe('the state of the engines', () => {
  test.each([[byMaven], [byCompose]])('is found again: %j', async (state) => {
    await writeEnginesState(join(dir, 'new'), state);
    expect(await readEnginesState(join(dir, 'new'))).toEqual(state);
    await removeEnginesState(join(dir, 'new'));
    expect(await readEnginesState(join(dir, 'new'))).toBeUndefined();
  });

  test.each([
    ['', 'empty'],
    ['{"by":"maven"', 'cut short'],
    ['null', 'nothing'],
    ['{"by":"maven","brokers":[],"version":"1","pid":1,"dataDir":"/d"}', 'no broker'],
    ['{"by":"maven","brokers":["a:1"],"version":"1","pid":"1","dataDir":"/d"}', 'a pid that is none'],
    ['{"by":"compose","brokers":["a:1"],"version":"1"}', 'no project'],
  ])('is none when the file holds %j (%s)', async (text) => {
    await writeFile(join(dir, 'kafka.json'), text);
    expect(await readEnginesState(dir)).toBeUndefined();
  });

  test('stands where CAIRN_ENGINES_DIR says, else below the working folder', () => {
    expect(enginesDir({ CAIRN_ENGINES_DIR: 'own' }, '/w')).toBe('/w/own');
    expect(enginesDir({ CAIRN_ENGINES_DIR: '/own' }, '/w')).toBe('/own');
    expect(enginesDir({ CAIRN_ENGINES_DIR: '' }, '/w')).toBe('/w/.cairn/engines');
    expect(enginesDir({}, '/w')).toBe('/w/.cairn/engines');
  });
});
