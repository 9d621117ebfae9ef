import { RectangleTable } from '../bitemporal/rectangle-table.js';
import type { SchoolState } from '../directory/school-timeline.js';

/** What each school was called, and whether it was open, from-to, as known from-to. */
export const schoolRectangles = new RectangleTable<SchoolState>({
  name: 'school_rectangle',
  key: { school_id: 'uuid', district: 'text' },
  readBy: ['district'],
  state: { is_open: 'boolean', name: 'text', external_ids: 'json', profile: 'json' },
  valuesOf: ({ open, name, externalIds, profile }) => ({ is_open: open, name, external_ids: externalIds, profile }),
});
