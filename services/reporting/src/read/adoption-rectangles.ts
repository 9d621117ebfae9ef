import type { Started } from '@cairn/contracts';

import { RectangleTable } from '../bitemporal/rectangle-table.js';

/** Where each adoption stood from-to, as known from-to. Before its first row a school has not started. */
export const adoptionRectangles = new RectangleTable<Started>({
  name: 'adoption_rectangle',
  key: { school_id: 'uuid', initiative_id: 'text', district: 'text' },
  readBy: ['district', 'initiative_id'],
  state: { stage: 'text', status: 'text', stage_since: 'timestamptz', status_since: 'timestamptz', event_id: 'uuid' },
  valuesOf: ({ stage, status, stageSince, statusSince, eventId }) => ({
    stage,
    status,
    stage_since: stageSince,
    status_since: statusSince,
    event_id: eventId,
  }),
});
