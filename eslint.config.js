// One configuration for the whole workspace. Run it through `npm run lint`: the boundaries need the project graph of Nx,
// and a plain `eslint` without one skips them in silence. Every rule here has a planted violation in libs/guards.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import cairn from './libs/guards/src/eslint/plugin.js';

/** Adapters, read models and what puts them together: where TypeORM, the driver and SQL may stand. */
const sqlPlaces = [
  'libs/embedded-postgres/**',
  'libs/guards/**',
  'libs/event-store/src/postgres/**',
  // Consumers keep effect and checkpoint in one transaction of their own database, whatever carries the messages.
  'libs/event-bus/src/{consumer,postgres,relay}/**',
  'libs/event-bus/src/pg-*.ts',
  'libs/service-kit/src/{data,projections,service}/**',
  'services/*/src/{bitemporal,log,read}/**',
  'services/*/src/**/*.read.ts',
  'services/*/src/migrations.ts',
  'infra/local/src/**',
  'infra/torture/src/**',
  // What the engines are measured beside is SQL and a Kafka client by hand.
  'infra/bench/src/**',
  '**/testing/**',
  '**/*.spec.ts',
];

const enginePlaces = [
  'libs/event-store/src/eventstoredb/**',
  'libs/event-bus/src/kafka/**',
  // The reference that the bus is measured beside is the bare client.
  'infra/bench/src/reference/**',
];

/** Node 20 pays for a context that follows promises at every promise of the process: what a request knows goes with the request. */
const contextsOfPromises = ['async_hooks', 'node:async_hooks'].map((name) => ({ name, message: 'Hand on what is needed, or the request.' }));

/** Who may import whom. No `*`: a project without a known layer fails. */
const layers = [
  {
    sourceTag: 'layer:kernel',
    onlyDependOnLibsWithTags: [],
    bannedExternalImports: ['@nestjs/*', 'typeorm', 'pg', 'pg-*', 'kafkajs', '@eventstore/*', 'express', 'rxjs', 'zod'],
  },
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: [], bannedExternalImports: ['@nestjs/*', 'typeorm', 'pg', 'pg-*'] },
  { sourceTag: 'layer:platform', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:kernel', 'layer:platform'] },
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:kernel', 'layer:platform'] },
  { sourceTag: 'layer:web', onlyDependOnLibsWithTags: ['layer:contracts'], bannedExternalImports: ['@nestjs/*', 'typeorm', 'pg', 'pg-*'] },
  {
    sourceTag: 'layer:infra',
    onlyDependOnLibsWithTags: ['layer:contracts', 'layer:kernel', 'layer:platform', 'layer:service'],
  },
  { sourceTag: 'layer:tooling', onlyDependOnLibsWithTags: ['layer:contracts', 'layer:kernel', 'layer:platform'] },
];

/** Each has one export that is loaded only where its engine was chosen, `./eventstoredb` and `./kafka`; the rest is for everybody. */
const partlyLazy = ['@cairn/event-store', '@cairn/event-bus'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out-tsc/**', '**/node_modules/**', '**/.cairn/**', '**/.nx/**'] },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.{ts,tsx,js}'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx, cairn },
    // Nest finds what a constructor asks for by its value; with these two the rule on type imports spares such files.
    languageOptions: { parserOptions: { emitDecoratorMetadata: true, experimentalDecorators: true } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], checkDynamicDependenciesExceptions: partlyLazy, depConstraints: layers }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'cairn/engines-in-their-adapters': 'error',
      'cairn/no-export-all': 'error',
      'cairn/no-focused-or-skipped-tests': 'error',
      'cairn/no-in-memory-facts': 'error',
      'cairn/pure-decisions': 'error',
      'cairn/sql-in-its-place': 'error',
      'no-restricted-imports': ['error', { paths: contextsOfPromises }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: sqlPlaces, rules: { 'cairn/sql-in-its-place': 'off' } },
  // The loader of the sample brings the time it records at, and the clock of a store is deep below; nobody else pays for it.
  { files: ['libs/service-kit/src/time/simulated-time.ts', '**/testing/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: enginePlaces, rules: { 'cairn/engines-in-their-adapters': 'off' } },
  // A spec may hand a decider that breaks the rules to the harness that must find it out.
  { files: ['**/*.spec.ts', 'libs/decider/src/testing/**'], rules: { 'cairn/pure-decisions': 'off' } },
);
