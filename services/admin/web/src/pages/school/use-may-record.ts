import { useQuery } from '@tanstack/react-query';

import { sessionQuery } from '../../api/queries.js';
import { mayRecord } from '../../lib/roles.js';

/** Whether the person signed in has a role that records. */
export const useMayRecord = (): boolean => mayRecord(useQuery(sessionQuery).data?.principal.roles ?? []);
