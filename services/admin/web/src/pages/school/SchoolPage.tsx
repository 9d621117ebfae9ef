import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { isStatusOf } from '../../api/problem.js';
import { historyQuery } from '../../api/queries.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { endOfDay, isDay } from '../../lib/zone.js';
import { Icon } from '../../ui/Icon.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { usePageTitle } from '../../ui/use-page-title.js';
import { InitiativeCards } from './InitiativeCards.js';
import { RecordPanel } from './RecordPanel.js';
import { schoolRecord } from './record.js';
import classes from './School.module.css';
import { SchoolFacts } from './SchoolFacts.js';
import { Timeline } from './Timeline.js';

const route = getRouteApi('/signed-in/d/$district/schools/$schoolId');

/** A point of the address in milliseconds; a day is read at its end. */
const readAt = (point: string | undefined, zone: string): number | undefined =>
  point === undefined ? undefined : isDay(point) ? endOfDay(point, zone) : Date.parse(point);

/** One school: where it stands in each initiative, every fact, and what can be recorded now. */
export const SchoolPage = () => {
  const { t } = useTranslation();
  const { schoolId } = route.useParams();
  const { district, zone, at, initiative } = useDistrict();
  const history = useQuery(historyQuery(district.districtId, schoolId));
  const record = useMemo(() => {
    const now = Date.now();
    return history.data && schoolRecord(history.data.items, readAt(at.effective, zone) ?? now, readAt(at.recorded, zone) ?? Infinity);
  }, [history.data, at.effective, at.recorded, zone]);
  usePageTitle(record?.name, district.name);

  const back = (
    <Link to="/d/$district" params={{ district: district.districtId }} className={`no-print ${classes['back']}`}>
      <Icon name="back" size={16} />
      {t('school.back')}
    </Link>
  );
  if (!record) {
    if (isStatusOf(history.error, 404)) return <div>{back}<h1 className={classes['title']}>{t('school.unknown')}</h1></div>;
    if (history.error) return <ProblemNotice error={history.error} of="read" onRetry={() => void history.refetch()} />;
    return (
      <>
        <Skeleton height="2.5rem" width="50%" />
        <Skeleton height="8rem" />
        <div className={classes['columns']}>
          <Skeleton height="30rem" />
          <Skeleton height="24rem" />
        </div>
      </>
    );
  }
  return (
    <>
      <div>
        {back}
        <h1 className={classes['title']}>{record.name ?? t('school.unnamed')}</h1>
        <SchoolFacts record={record} />
      </div>
      {history.error && <ProblemNotice error={history.error} of="read" onRetry={() => void history.refetch()} />}
      <InitiativeCards record={record} />
      <div className={classes['columns']}>
        {initiative && (
          <div className={classes['record']}>
            <RecordPanel key={initiative.initiativeId} initiative={initiative} record={record} schoolId={schoolId} />
          </div>
        )}
        <Timeline record={record} schoolId={schoolId} />
      </div>
    </>
  );
};
