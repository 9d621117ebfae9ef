import { Select, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { districtsQuery } from '../../api/queries.js';
import { Icon } from '../../ui/Icon.js';
import { AccountMenu } from './AccountMenu.js';
import { useDistrict } from './district-context.js';
import classes from './Shell.module.css';
import { TimeControl } from './TimeControl.js';

const loadSearch = () => import('./SearchDialog.js');
const SearchDialog = lazy(() => loadSearch().then((module) => ({ default: module.SearchDialog })));

const DistrictChoice = () => {
  const { t } = useTranslation();
  const { district } = useDistrict();
  const navigate = useNavigate();
  const districts = useQuery(districtsQuery).data?.items ?? [];
  if (districts.length < 2) return <span className={classes['districtName']}>{district.name}</span>;
  return (
    <Select
      className={classes['districtChoice']}
      aria-label={t('shell.district')}
      data={districts.map((entry) => ({ value: entry.districtId, label: entry.name }))}
      value={district.districtId}
      allowDeselect={false}
      onChange={(value) => {
        if (!value) return;
        void navigate({ to: '/d/$district', params: { district: value }, search: { initiative: undefined, effective: undefined, recorded: undefined } });
      }}
    />
  );
};

const InitiativeChoice = () => {
  const { t } = useTranslation();
  const { initiatives, initiative } = useDistrict();
  const navigate = useNavigate();
  if (!initiative) return null;
  return (
    <Select
      className={classes['initiativeChoice']}
      aria-label={t('shell.initiative')}
      data={initiatives.map((entry) => ({ value: entry.initiativeId, label: entry.name }))}
      value={initiative.initiativeId}
      allowDeselect={false}
      onChange={(value) => {
        if (value) void navigate({ to: '.', search: (now) => ({ ...now, initiative: value }) });
      }}
    />
  );
};

export const Header = () => {
  const { t } = useTranslation();
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    // Loaded before it is wanted, so that the first letters typed after "/" are not lost.
    const idle = window.requestIdleCallback?.(() => void loadSearch());
    return () => {
      if (idle !== undefined) window.cancelIdleCallback(idle);
    };
  }, []);
  useHotkeys([
    ['/', () => setSearching(true)],
    ['mod+K', () => setSearching(true)],
  ]);
  return (
    <header className={classes['header']}>
      <div className={classes['where']}>
        <DistrictChoice />
        <InitiativeChoice />
        <TimeControl />
      </div>
      <div className={classes['tools']}>
        <UnstyledButton className={classes['search']} onClick={() => setSearching(true)} aria-label={t('search.open')} aria-keyshortcuts="/ Control+K">
          <Icon name="search" />
          <span>{t('search.open')}</span>
          <kbd>/</kbd>
        </UnstyledButton>
        <AccountMenu />
      </div>
      {searching && (
        <Suspense fallback={null}>
          <SearchDialog onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </header>
  );
};
