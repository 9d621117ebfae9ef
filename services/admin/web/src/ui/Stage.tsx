import type { AdoptionStatus, Stage } from '@cairn/contracts';
import { useTranslation } from 'react-i18next';

import { stageKeyOf, stageRank, type StageKey } from '../lib/stages.js';
import classes from './Stage.module.css';

const center = 8;
const radius = 6.25;

/** The part of the disc that is filled, clockwise from the top: a quarter for each stage reached. */
const slice = (rank: number): string => {
  if (rank === 4) return `M${center} ${center - radius}a${radius} ${radius} 0 1 1 -.01 0Z`;
  const angle = (rank * Math.PI) / 2;
  const [x, y] = [center + radius * Math.sin(angle), center - radius * Math.cos(angle)];
  return `M${center} ${center}V${center - radius}A${radius} ${radius} 0 ${rank > 2 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}Z`;
};

/** ○ ◔ ◑ ◕ ●, drawn, so that they look the same in every font. */
export const StageMark = ({ stage, size = 16 }: { stage: StageKey; size?: number }) => {
  const rank = stageRank(stage);
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" className={classes['mark']} aria-hidden="true" focusable="false" data-stage={stage}>
      <circle cx={center} cy={center} r={radius} className={classes['ring']} />
      {rank > 0 && <path d={slice(rank)} className={classes['fill']} />}
    </svg>
  );
};

export const StatusMark = ({ status }: { status: 'paused' | 'abandoned' }) => (
  <svg width="12" height="12" viewBox="0 0 12 12" className={classes['status']} aria-hidden="true" focusable="false">
    <path d={status === 'paused' ? 'M4 2.5v7M8 2.500v7' : 'M3 3l6 6M9 3l-6 6'} />
  </svg>
);

/** Mark and name of a stage. */
export const StageName = ({ stage }: { stage: Stage | null }) => {
  const { t } = useTranslation();
  const key = stageKeyOf(stage);
  return (
    <span className={classes['name']}>
      <StageMark stage={key} />
      {t(`stage.${key}`)}
    </span>
  );
};

export const StatusName = ({ status }: { status: AdoptionStatus }) => {
  const { t } = useTranslation();
  return (
    <span className={classes['name']} data-quiet={status === 'active' || status === 'not-started' || undefined}>
      {(status === 'paused' || status === 'abandoned') && <StatusMark status={status} />}
      {t(`status.${status}`)}
    </span>
  );
};
