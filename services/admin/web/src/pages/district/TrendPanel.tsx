import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { trendQuery } from '../../api/queries.js';
import type { Initiative, Totals } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { addMonths, dayOf } from '../../lib/zone.js';
import { stageKeys } from '../../lib/stages.js';
import { Panel } from '../../ui/Panel.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { CsvButton } from '../../ui/CsvButton.js';
import { WhenSeen } from '../../ui/WhenSeen.js';
import classes from './Trend.module.css';

const TrendChart = lazy(() => import('./TrendChart.js').then((module) => ({ default: module.TrendChart })));

interface Props {
  readonly initiative: Initiative;
  readonly totals: Totals;
  readonly total: number;
}

/** The last two years, week by week; a day chosen on it becomes the day of the page. The same figures stand in a table below. */
export const TrendPanel = ({ initiative, totals, total }: Props) => {
  const { t } = useTranslation();
  const { district, zone, today, at, format } = useDistrict();
  // What was known on a day says nothing about later ones; the picture ends there.
  const to = at.recorded ? dayOf(at.recorded, zone) : today;
  const span = { from: addMonths(to, -24), to, recorded: at.recorded };
  const trend = useQuery(trendQuery(district.districtId, initiative.initiativeId, span));
  const points = trend.data?.items ?? [];
  const title = at.recorded
    ? t('district.trend.titleKnown', { initiative: initiative.name, date: format.date(to) })
    : t('district.trend.title', { initiative: initiative.name });
  const skeleton = <Skeleton height="11.5rem" />;
  return (
    <Panel title={title} aside={<span className="dim no-print">{t('district.trend.hint')}</span>}>
      {trend.error && !trend.data ? (
        <ProblemNotice error={trend.error} of="read" onRetry={() => void trend.refetch()} />
      ) : points.length < 2 ? (
        trend.isPending ? skeleton : <p className="dim">{t('district.trend.short')}</p>
      ) : (
        <>
          <WhenSeen placeholder={skeleton}>
            <Suspense fallback={skeleton}>
              <TrendChart points={points} totals={totals} total={total} />
            </Suspense>
          </WhenSeen>
          <details className={classes['table']}>
            <summary>{t('chart.asTable')}</summary>
            <div className={classes['scroll']} tabIndex={0} role="group" aria-label={title}>
              <table className="numbers">
                <thead>
                  <tr>
                    <th scope="col">{t('district.trend.week')}</th>
                    {stageKeys.map((stage) => <th key={stage} scope="col">{t(`stage.${stage}`)}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {[...points].reverse().map((point) => (
                    <tr key={point.date}>
                      <th scope="row">{format.date(point.date)}</th>
                      {stageKeys.map((stage) => <td key={stage}>{format.number(point.totals[stage])}</td>)}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <CsvButton
              name={`${district.districtId}-${initiative.initiativeId}-stages-by-week`}
              header={['date', ...stageKeys]}
              rows={() => points.map((point) => [point.date, ...stageKeys.map((stage) => point.totals[stage])])}
            />
          </details>
        </>
      )}
    </Panel>
  );
};
