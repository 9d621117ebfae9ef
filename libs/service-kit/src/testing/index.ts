export { testIdentity } from './test-identity.js';
export type { TestIdentity } from './test-identity.js';
