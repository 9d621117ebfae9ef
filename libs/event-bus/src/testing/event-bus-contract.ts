import { describe } from '@jest/globals';
import type { OpenFixture } from './contract-fixture.js';
import { deliveryContract } from './delivery-contract.js';
import { membershipContract } from './membership-contract.js';
import { publishingContract } from './publishing-contract.js';
import { watermarkContract } from './watermark-contract.js';

/** What every adapter of `EventBus` must do; an adapter is finished when this passes unchanged. */
export const eventBusContract = (adapter: string, open: OpenFixture): void => {
  describe(`${adapter} keeps the contract of EventBus`, () => {
    describe('publishing', () => publishingContract(open));
    describe('watermarks', () => watermarkContract(open));
    describe('delivery', () => deliveryContract(open));
    describe('membership', () => membershipContract(open));
  });
};
