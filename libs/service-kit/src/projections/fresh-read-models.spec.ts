import { describe, expect, test } from '@jest/globals';

import { ProblemException } from '../http/problem.js';
import { FreshReadModels } from './fresh-read-models.js';

const runner = (name: string) => {
  const state = { caughtUp: false, rebuilds: 0 };
  return {
    state,
    rebuild: () => {
      state.rebuilds += 1;
      state.caughtUp = false;
    },
    waitFor: () => Promise.resolve(),
    status: () => Promise.resolve({ name, position: '1', head: '2', caughtUp: state.caughtUp, failure: undefined }),
  };
};

describe('read models that answer only when they are whole', () => {
  test('wait until they have caught up once, then answer while events keep coming', async () => {
    const [schools, adoption] = [runner('schools'), runner('adoption')];
    const fresh = new FreshReadModels({ schools, adoption });
    schools.state.caughtUp = true;
    await expect(fresh.requireFresh()).rejects.toThrow('Being derived from the record: adoption');
    await expect(fresh.requireFresh()).rejects.toThrow(ProblemException);
    adoption.state.caughtUp = true;
    await fresh.requireFresh();
    adoption.state.caughtUp = false;
    await fresh.requireFresh();
  });

  test('do not answer from half of a rebuild', async () => {
    const adoption = runner('adoption');
    const fresh = new FreshReadModels({ adoption });
    adoption.state.caughtUp = true;
    await fresh.requireFresh();
    fresh.models[0]?.rebuild();
    expect(adoption.state.rebuilds).toBe(1);
    await expect(fresh.requireFresh()).rejects.toThrow('adoption');
    adoption.state.caughtUp = true;
    await fresh.requireFresh();
  });
});
