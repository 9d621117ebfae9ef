export { PostgresBinariesError, PostgresStartError, PostgresStopError } from './errors.js';
