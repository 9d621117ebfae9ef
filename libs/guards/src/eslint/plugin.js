// The rules of this project, for `eslint.config.js`. Plain JavaScript, so that ESLint loads them without a build.
import enginesInTheirAdapters from './engines-in-their-adapters.js';
import noExportAll from './no-export-all.js';
import noFocusedOrSkippedTests from './no-focused-or-skipped-tests.js';
import noInMemoryFacts from './no-in-memory-facts.js';
import pureDecisions from './pure-decisions.js';
import sqlInItsPlace from './sql-in-its-place.js';

export default {
  meta: { name: 'cairn' },
  rules: {
    'engines-in-their-adapters': enginesInTheirAdapters,
    'no-export-all': noExportAll,
    'no-focused-or-skipped-tests': noFocusedOrSkippedTests,
    'no-in-memory-facts': noInMemoryFacts,
    'pure-decisions': pureDecisions,
    'sql-in-its-place': sqlInItsPlace,
  },
};
