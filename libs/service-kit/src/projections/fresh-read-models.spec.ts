import { describe, expect, test } from '@jest/globals';

import { ProblemException } from '../http/problem.js';
import { FreshReadModels } from './fresh-read-models.js';

const runner = (name: string) => {
  const state = { head: '2', position: '1', woken: 0 };
  const place = { lagEvents: 1, behind_ms: 1, failure: undefined, generation: 1, canGoBack: false };
  return {
    state,
    tables: [`${name}_row`, `${name}_item`],
    rebuild: () => Promise.resolve(),
    goBack: () => Promise.resolve(),
    wake: () => {
      state.woken += 1;
    },
    waitFor: () => Promise.resolve(),
    get position() {
      return state.position;
    },
    has: (position: string) => Number(state.position) >= Number(position),
    status: () => Promise.resolve({ name, caughtUp: state.position === state.head, head: state.head, position: state.position, ...place }),
  };
};

describe('read models that answer only when they are whole', () => {
  test('wait until they have caught up once, then answer while events keep coming', async () => {
    const [schools, adoption] = [runner('schools'), runner('adoption')];
    const fresh = new FreshReadModels({ schools, adoption });
    schools.state.position = '2';
    await expect(fresh.requireFresh()).rejects.toThrow('Being derived from the record: adoption');
    await expect(fresh.requireFresh()).rejects.toThrow(ProblemException);
    adoption.state.position = '2';
    await fresh.requireFresh();
    adoption.state.head = '9';
    await fresh.requireFresh();
  });

  test('are whole once they have what was there at the first question, although the end goes on', async () => {
    const schools = runner('schools');
    const fresh = new FreshReadModels({ schools });
    await expect(fresh.requireFresh()).rejects.toThrow('Being derived from the record: schools');
    Object.assign(schools.state, { head: '9', position: '2' });
    await fresh.requireFresh();
  });

  test('are whole where there is nothing to derive them from', async () => {
    const schools = runner('schools');
    Object.assign(schools.state, { head: '0' });
    await new FreshReadModels({ schools }).requireFresh();
  });

  test('are locked in one order, whatever the order of the wiring', () => {
    const tables = ['adoption_item', 'adoption_row', 'schools_item', 'schools_row'];
    expect(new FreshReadModels({ schools: runner('schools'), adoption: runner('adoption') }).tables).toEqual(tables);
    expect(new FreshReadModels({ adoption: runner('adoption'), schools: runner('schools') }).tables).toEqual(tables);
  });

  test('are woken together', () => {
    const [schools, adoption] = [runner('schools'), runner('adoption')];
    new FreshReadModels({ schools, adoption }).wake();
    expect([schools.state.woken, adoption.state.woken]).toEqual([1, 1]);
  });
});
