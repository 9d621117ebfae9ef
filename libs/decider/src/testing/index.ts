export { withoutAmbient } from './ambient.js';
export { decisionTable, givenId, recordedAsGiven } from './decision-table.js';
export type { DecisionRow } from './decision-table.js';
