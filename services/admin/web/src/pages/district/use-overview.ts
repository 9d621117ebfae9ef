import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { adoptionQuery, changesQuery } from '../../api/queries.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { addDays, addMonths } from '../../lib/zone.js';
import { movedBackWithin_days, needsAttention } from './attention.js';

/** What the page of one initiative is composed from: the district then, a month before, and who needs attention. */
export const useOverview = (initiative: string) => {
  const { district, at, day, today } = useDistrict();
  const monthBefore = addMonths(day, -1);
  const recorded = at.recorded;
  const adoption = useQuery(adoptionQuery(district.districtId, initiative, at));
  const before = useQuery(adoptionQuery(district.districtId, initiative, { effective: monthBefore, recorded }));
  const recent = useQuery(
    changesQuery(district.districtId, initiative, { from: addDays(day, -movedBackWithin_days), to: at.effective, recordedFrom: recorded ?? today, recordedTo: recorded }),
  );
  const attention = useMemo(
    () => needsAttention(adoption.data?.schools ?? [], recent.data?.items ?? []),
    [adoption.data, recent.data],
  );
  return { adoption, before, recent, monthBefore, attention };
};
