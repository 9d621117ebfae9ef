export { startReporting } from './reporting.service.js';
