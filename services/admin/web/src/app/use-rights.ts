import { useQuery } from '@tanstack/react-query';

import { sessionQuery } from '../api/queries.js';
import { mayOperate, mayRecord } from '../lib/roles.js';

/** What the person signed in may do; the services decide, this only keeps forms away that they would refuse. */
export const useRights = (): { readonly mayRecord: boolean; readonly mayOperate: boolean } => {
  const roles = useQuery(sessionQuery).data?.principal.roles ?? [];
  return { mayRecord: mayRecord(roles), mayOperate: mayOperate(roles) };
};
