export { EngineStartError, EngineStopError, MissingToolError, NoEngineError } from './errors.js';
