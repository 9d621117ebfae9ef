import { Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import type { Initiative } from '../../api/types.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import { NoInitiative, NoSchools } from '../start/NothingYet.js';
import { AttentionPanel } from './AttentionPanel.js';
import { SchoolTable } from './SchoolTable.js';
import { Sentence } from './Sentence.js';
import { StageBars } from './StageBars.js';
import { TrendPanel } from './TrendPanel.js';
import { useOverview } from './use-overview.js';

const route = getRouteApi('/signed-in/d/$district/');

const Overview = ({ initiative }: { initiative: Initiative }) => {
  const { t } = useTranslation();
  const search = route.useSearch();
  const { adoption, before, recent, monthBefore, attention } = useOverview(initiative.initiativeId);
  const flagged = useMemo(() => new Set(attention.map((entry) => entry.row.schoolId)), [attention]);
  if (!adoption.data) {
    if (adoption.error) return <ProblemNotice error={adoption.error} of="read" onRetry={() => void adoption.refetch()} />;
    return (
      <>
        <p role="status" className="dim">{t('loading')}</p>
        <Skeleton height="6.5rem" maw="60rem" />
        <Skeleton height="16.5rem" />
        <Skeleton height="16.5rem" />
        <Skeleton height="30rem" />
      </>
    );
  }
  if (adoption.data.schools.length === 0) return <NoSchools />;
  return (
    <>
      {adoption.error && <ProblemNotice error={adoption.error} of="read" onRetry={() => void adoption.refetch()} />}
      <Sentence initiative={initiative} adoption={adoption.data} before={before.data} monthBefore={monthBefore} attention={recent.isPending ? undefined : attention.length} />
      <StageBars />
      <TrendPanel initiative={initiative} totals={adoption.data.totals} total={adoption.data.schools.length} />
      <AttentionPanel initiative={initiative} entries={attention} failed={recent.error} />
      <SchoolTable adoption={adoption.data} initiative={initiative} search={search} flagged={flagged} stale={adoption.isPlaceholderData} />
    </>
  );
};

/** Where the district stands: sentence, stages, two years, who needs attention, every school. */
export const DistrictPage = () => {
  const { t } = useTranslation();
  const { district, initiative } = useDistrict();
  usePageTitle(t('place.district'), initiative?.name, district.name);
  return initiative ? <Overview initiative={initiative} /> : <NoInitiative />;
};
