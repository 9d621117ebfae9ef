import type { ReactNode } from 'react';

import { Cairn } from '../../ui/Icon.js';
import classes from './Start.module.css';

/** The frame of the pages before there is a district to be in. */
export const StartFrame = ({ title, lead, wide, children }: { title: string; lead?: string; wide?: boolean; children?: ReactNode }) => (
  <main className={classes['frame']} data-wide={wide || undefined}>
    <div className={classes['brand']}>
      <Cairn size={32} />
      <span>Cairn</span>
    </div>
    <h1>{title}</h1>
    {lead && <p className={classes['lead']}>{lead}</p>}
    {children}
  </main>
);
