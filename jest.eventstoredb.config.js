// What holds on a live EventStoreDB only, at EVENT_STORE_URL. Without a server that answers these tests fail, they do not pass over it.
import { base } from './jest.config.js';

export default {
  ...base,
  testMatch: ['<rootDir>/{libs,services,infra}/**/src/**/*.eventstoredb.spec.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
