import type { FactKind, Stage } from '@cairn/contracts';

import { StageMark, StatusMark } from '../../ui/Stage.js';
import classes from './Timeline.module.css';

/** What a fact did, as a mark: the stage it led to, the status it set, else a dot. */
export const FactMark = ({ kind, to }: { kind: FactKind | undefined; to: Stage | undefined }) => {
  switch (kind) {
    case 'advanced':
    case 'regressed':
    case 'overridden':
      return <StageMark stage={to ?? 'not-started'} size={14} />;
    case 'started':
    case 'restarted':
      return <StageMark stage="exploration" size={14} />;
    case 'paused':
    case 'abandoned':
      return <StatusMark status={kind} />;
    default:
      return <i className={classes['plain']} aria-hidden="true" />;
  }
};
