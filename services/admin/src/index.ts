export { startAdmin } from './admin.service.js';
export type { AdminConfig } from './admin.service.js';
export { LocalTokenIssuer } from './session/token-issuer.js';
export type { LocalPerson } from './session/token-issuer.js';
