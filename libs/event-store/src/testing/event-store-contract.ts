import { describe } from '@jest/globals';

import { appending } from './contract/appending.js';
import type { OpenStore } from './contract/contract-context.js';
import { allOnOneStore, eachOnAnEmptyStore } from './contract/contract-context.js';
import { identity } from './contract/identity.js';
import { limitsOfAppends } from './contract/limits.js';
import { racing } from './contract/racing.js';
import { reading, refusingReads } from './contract/reading.js';
import { recording } from './contract/recording.js';
import { repeating } from './contract/repeating.js';
import { subscribing } from './contract/subscribing.js';

/**
 * What every engine must honour, case by case. An adapter is finished when this passes unchanged; there are no
 * options for its quirks.
 * @param open gives an empty record of the scope under the clock of the suite, each time it is called.
 */
export const eventStoreContract = (name: string, open: OpenStore): void => {
  describe(`${name} honours the contract of the event store`, () => {
    describe('with other streams beside', () => {
      const context = allOnOneStore(open);
      appending(context);
      limitsOfAppends(context);
      repeating(context);
      recording(context, open);
      identity(context, open);
      refusingReads(context);
    });
    describe('from an empty record', () => {
      const context = eachOnAnEmptyStore(open);
      racing(context);
      reading(context);
      subscribing(context);
    });
  });
};
