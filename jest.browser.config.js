// The admin UI in a real browser, over the whole platform. Chromium comes from CHROMIUM_PATH, else from where Debian puts it.
import { base } from './jest.config.js';

export default {
  ...base,
  testMatch: ['<rootDir>/{libs,services,infra}/**/src/**/*.browser.spec.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
