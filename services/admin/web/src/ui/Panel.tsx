import type { ReactNode } from 'react';

import classes from './Panel.module.css';

/** A titled part of a page. */
export const Panel = ({ title, aside, children, id }: { title: string; aside?: ReactNode; children: ReactNode; id?: string }) => (
  <section className={classes['panel']} aria-label={title} id={id}>
    <header className={classes['head']}>
      <h2>{title}</h2>
      {aside}
    </header>
    {children}
  </section>
);
