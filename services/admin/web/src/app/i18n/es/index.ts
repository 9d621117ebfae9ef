import { changes } from './changes.js';
import { common } from './common.js';
import { district } from './district.js';
import { operations } from './operations.js';
import { school } from './school.js';
import { start } from './start.js';

/** The same keys as the English catalogue; each part is checked against its own. */
export const es = { ...common, ...district, ...school, ...changes, ...start, ...operations };
