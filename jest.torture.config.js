// The fault matrix on PostgreSQL: it kills, freezes and restarts for minutes, so it stands beside `npm test`. Over Kafka: test:kafka.
import { base } from './jest.config.js';

export default {
  ...base,
  testMatch: ['<rootDir>/infra/torture/src/rows/*.int.spec.ts'],
  testTimeout: 240_000,
  maxWorkers: 1,
};
