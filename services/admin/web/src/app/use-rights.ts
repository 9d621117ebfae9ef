import { useQuery } from '@tanstack/react-query';

import { sessionQuery } from '../api/queries.js';
import { mayOperate, mayRecord, mayRun } from '../lib/roles.js';

/** What the person signed in may do; the services decide, this only keeps forms away that they would refuse. */
export const useRights = (): { readonly mayRecord: boolean; readonly mayOperate: boolean; readonly mayRun: boolean } => {
  const principal = useQuery(sessionQuery).data?.principal;
  const roles = principal?.roles ?? [];
  return { mayRecord: mayRecord(roles), mayOperate: mayOperate(roles), mayRun: mayRun(roles, principal?.districts ?? []) };
};
