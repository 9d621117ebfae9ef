// Tests that need uid 0, because they do the same as several users: node --experimental-vm-modules … --config jest.root.config.js
import { base } from './jest.config.js';

export default {
  ...base,
  testMatch: ['<rootDir>/{libs,services,infra}/**/src/**/*.root.spec.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
