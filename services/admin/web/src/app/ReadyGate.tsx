import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { readyQuery } from '../api/queries.js';
import { GettingReady } from '../pages/start/GettingReady.js';

const operationsPath = /^\/operations\/?$/;

/**
 * While the platform still loads its data, every address shows how far that is; then the page goes on by itself. A platform that is
 * ready is not waited for: the page starts beside the question. Operations are never held: they tell what is not ready.
 */
export const ReadyGate = ({ children }: { children: ReactNode }) => {
  const ready = useQuery(readyQuery);
  const isHeld = ready.data !== undefined && ready.data.status !== 'ready' && !operationsPath.test(window.location.pathname);
  return isHeld ? <GettingReady progress={ready.data.progress} /> : children;
};
