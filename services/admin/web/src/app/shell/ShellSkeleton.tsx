import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { Cairn } from '../../ui/Icon.js';
import classes from './Shell.module.css';

/** The true layout with nothing in it yet. */
export const ShellSkeleton = () => {
  const { t } = useTranslation();
  return (
    <div className={classes['shell']} aria-busy="true">
      <div className={classes['rail']}><div className={classes['brand']}><Cairn /><span>Cairn</span></div></div>
      <div className={classes['page']}>
        <div className={classes['header']}>
          <Skeleton width="14rem" height="1.25rem" />
        </div>
        <div className={classes['content']}>
          <span role="status" className="dim">{t('loading')}</span>
          <Skeleton height="6.5rem" maw="60rem" />
          <Skeleton height="16.5rem" />
          <Skeleton height="16.5rem" />
        </div>
      </div>
    </div>
  );
};
