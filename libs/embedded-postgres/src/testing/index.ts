export { testDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export { testFolder } from './test-folder.js';
