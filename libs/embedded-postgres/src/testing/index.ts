export { testDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export { TcpProxy } from './tcp-proxy.js';
export { testFolder } from './test-folder.js';
export { ownEnvironment } from './own-environment.js';
