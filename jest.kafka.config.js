// What holds on a real Kafka only. The broker is that of `npm run engines:start`; without one these tests fail, they do not pass over it.
import { base } from './jest.config.js';

export default {
  ...base,
  testMatch: ['<rootDir>/{libs,services,infra}/**/src/**/*.kafka.spec.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
