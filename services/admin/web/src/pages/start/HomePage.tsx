import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';

import { districtsQuery } from '../../api/queries.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { ToOperations } from '../../ui/ToOperations.js';
import { StartFrame } from './StartFrame.js';

/** Leads to the first district, or, where there is none yet, to the page that creates one. */
export const HomePage = () => {
  const districts = useQuery(districtsQuery);
  const first = districts.data?.items[0];
  if (first) return <Navigate to="/d/$district" params={{ district: first.districtId }} search={{}} replace />;
  if (districts.data) return <Navigate to="/new-district" replace />;
  return (
    <StartFrame title="Cairn">
      {districts.error ? (
        <>
          <ProblemNotice error={districts.error} of="read" onRetry={() => void districts.refetch()} />
          <ToOperations />
        </>
      ) : (
        <Skeleton height="12rem" mt="lg" />
      )}
    </StartFrame>
  );
};
