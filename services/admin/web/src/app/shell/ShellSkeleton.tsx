import { Skeleton } from '@mantine/core';

import classes from './Shell.module.css';

/** The true layout with nothing in it yet. */
export const ShellSkeleton = () => (
  <div className={classes['shell']} aria-busy="true">
    <div className={classes['rail']} />
    <div className={classes['page']}>
      <div className={classes['header']}>
        <Skeleton width="14rem" height="1.25rem" />
      </div>
      <div className={classes['content']}>
        <Skeleton height="2rem" width="70%" />
        <Skeleton height="10rem" />
        <Skeleton height="20rem" />
      </div>
    </div>
  </div>
);
