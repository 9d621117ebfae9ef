import type { ReactNode } from 'react';

import { Icon } from './Icon.js';
import classes from './Notice.module.css';
import { useFocusFirst } from './use-focus-first.js';

/** Says that a command is done; takes the focus from the form that is gone. */
export const Done = ({ children }: { children: ReactNode }) => (
  <div className={classes['done']} role="status" tabIndex={-1} ref={useFocusFirst<HTMLDivElement>()}>
    <Icon name="check" />
    {children}
  </div>
);
