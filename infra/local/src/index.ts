export { startPlatform } from './platform/start-platform.js';
export type { PlatformOptions, RunningPlatform } from './platform/start-platform.js';
