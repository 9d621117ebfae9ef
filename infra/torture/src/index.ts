export { Chance } from './chance.js';
export type { RunOptions } from './run/options.js';
export { torture } from './run/torture.js';
