import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { changesQuery } from '../../api/queries.js';
import type { Changes, Initiative } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { addMonths } from '../../lib/zone.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import { NoInitiative } from '../start/NothingYet.js';
import { classesOf, reachedDifference, sums } from './arithmetic.js';
import { ChangeList } from './ChangeList.js';
import classes from './Changes.module.css';
import { ClassFilter } from './ClassFilter.js';
import { SumTable } from './SumTable.js';
import { TwoDates } from './TwoDates.js';

const route = getRouteApi('/signed-in/d/$district/changes');

const Found = ({ changes, filter, all }: { changes: Changes; filter: string | undefined; all: boolean }) => {
  const { t } = useTranslation();
  const counted = useMemo(() => classesOf(changes), [changes]);
  const table = useMemo(() => sums(changes), [changes]);
  const items = filter ? changes.items.filter((item) => item.class === filter) : changes.items;
  return (
    <>
      <Panel title={t('changes.sums.title')}>
        <SumTable rows={table} names={counted.map((entry) => entry.name)} reached={reachedDifference(changes)} />
      </Panel>
      <Panel title={t('changes.list.title')}>
        <ClassFilter counted={counted} total={changes.items.length} chosen={filter} />
        <ChangeList items={items} all={all} />
      </Panel>
    </>
  );
};

const Between = ({ initiative }: { initiative: Initiative }) => {
  const { t } = useTranslation();
  const { district, today, format, at } = useDistrict();
  const search = route.useSearch();
  const to = search.to ?? (at.effective ? at.effective.slice(0, 10) : today);
  const from = search.from ?? addMonths(to, -1);
  const recordedTo = search.recordedTo ?? at.recorded;
  const changes = useQuery(
    changesQuery(district.districtId, initiative.initiativeId, {
      from,
      to: to === today ? undefined : to,
      // Left out, the service reads the first point as known on its own day; today means up to now.
      recordedFrom: search.recordedFrom === 'now' ? today : (search.recordedFrom ?? from),
      recordedTo,
    }),
  );
  const schools = new Set(changes.data?.items.map((item) => item.schoolId)).size;
  return (
    <>
      <h1 className={classes['sentence']}>
        {changes.data
          ? t('changes.sentence', { count: schools, initiative: initiative.name, from: format.dateTogether(from), to: format.dateTogether(to) })
          : t('changes.asking', { initiative: initiative.name, from: format.dateTogether(from), to: format.dateTogether(to) })}
      </h1>
      <TwoDates from={from} to={to} recordedFrom={search.recordedFrom} recordedTo={recordedTo} />
      {changes.error && <ProblemNotice error={changes.error} of="read" onRetry={() => void changes.refetch()} />}
      {changes.data && <Found changes={changes.data} filter={search.class} all={search.rows === 'all'} />}
      {changes.isPending && (
        <>
          <Skeleton height="14rem" />
          <Skeleton height="24rem" />
        </>
      )}
    </>
  );
};

/** Two points in time side by side, and what lies between them, each change with its class. */
export const ChangesPage = () => {
  const { t } = useTranslation();
  const { district, initiative } = useDistrict();
  usePageTitle(t('place.changes'), initiative?.name, district.name);
  return initiative ? <Between initiative={initiative} /> : <NoInitiative />;
};
