import { changes } from './changes.js';
import { common } from './common.js';
import { district } from './district.js';
import { operations } from './operations.js';
import { school } from './school.js';
import { start } from './start.js';

export const en = { ...common, ...district, ...school, ...changes, ...start, ...operations };
