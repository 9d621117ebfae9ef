import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { districtsQuery, initiativesQuery } from '../../api/queries.js';
import { dayOf } from '../../lib/zone.js';
import { NotFound } from '../../ui/Failures.js';
import { ProblemNotice } from '../../ui/ProblemNotice.js';
import { ToOperations } from '../../ui/ToOperations.js';
import { useFormat } from '../use-format.js';
import { DistrictContext, type DistrictState } from './district-context.js';
import { Header } from './Header.js';
import { PastBand } from './PastBand.js';
import { Rail } from './Rail.js';
import classes from './Shell.module.css';
import { ShellSkeleton } from './ShellSkeleton.js';

const route = getRouteApi('/signed-in/d/$district');

/** Rail, header and band around every page of a district. */
export const DistrictLayout = () => {
  const { t } = useTranslation();
  const params = route.useParams();
  const search = route.useSearch();
  const districts = useQuery(districtsQuery);
  const district = districts.data?.items.find((entry) => entry.districtId === params.district);
  const initiatives = useQuery({ ...initiativesQuery(params.district), enabled: district !== undefined });
  const format = useFormat(district?.timeZone);

  const state = useMemo((): DistrictState | undefined => {
    if (!district || !initiatives.data) return undefined;
    const zone = district.timeZone;
    const today = dayOf(Date.now(), zone);
    const effective = search.effective === today ? undefined : search.effective;
    const { items } = initiatives.data;
    return {
      district,
      zone,
      initiatives: items,
      initiative: items.find((entry) => entry.initiativeId === search.initiative) ?? items[0],
      at: { effective, recorded: search.recorded },
      past: effective !== undefined || search.recorded !== undefined,
      today,
      day: effective ? dayOf(effective, zone) : today,
      format,
    };
  }, [district, initiatives.data, search.effective, search.recorded, search.initiative, format]);

  const failed = districts.error ?? initiatives.error;
  if (failed && !state) {
    return (
      <main className={classes['failed']}>
        <ProblemNotice error={failed} of="read" onRetry={() => void (districts.error ? districts : initiatives).refetch()} />
        <ToOperations />
      </main>
    );
  }
  if (districts.data && !district) return <NotFound />;
  if (!state) return <ShellSkeleton />;
  return (
    <DistrictContext value={state}>
      <div className={classes['shell']} data-past={state.past || undefined}>
        <a className="skip" href="#content">{t('shell.skip')}</a>
        <Rail />
        <div className={classes['page']}>
          <Header />
          <PastBand />
          <main id="content" tabIndex={-1} className={classes['content']}>
            {state.district.sample && (
              <details className={`print ${classes['sample']}`}>
                <summary>{t('shell.sample')}</summary>
                <p>{t('shell.sampleReal')}</p>
                <p>{t('shell.sampleMade')}</p>
              </details>
            )}
            <Outlet />
          </main>
        </div>
      </div>
    </DistrictContext>
  );
};
