// One Jest run for the whole workspace: one embedded PostgreSQL serves every suite (global-setup), each worker has databases of its own.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx: true },
    target: 'es2022',
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

export const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@cairn/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, ...swc }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.*/out-tsc/', '<rootDir>/.nx/'],
  workerIdleMemoryLimit: '768MB',
  // For what hangs; what a test asserts of time, it asserts itself. Generous, since machines are busy.
  testTimeout: 120_000,
  globalSetup: '<rootDir>/libs/embedded-postgres/jest/global-setup.js',
  globalTeardown: '<rootDir>/libs/embedded-postgres/jest/global-teardown.js',
};

export default {
  ...base,
  testMatch: ['<rootDir>/{libs,services,infra}/**/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/infra/torture/src/rows/', '\\.(browser|root|kafka|eventstoredb)\\.spec\\.ts$'],
  maxWorkers: 2,
};
