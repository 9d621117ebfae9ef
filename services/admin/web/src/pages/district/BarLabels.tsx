import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';

import { useDistrict } from '../../app/shell/district-context.js';
import type { StageKey } from '../../lib/stages.js';
import { StageMark } from '../../ui/Stage.js';
import { labelWidth_px, placeLabels } from './bar-labels.js';
import classes from './StageBars.module.css';

/** The names below a bar, each under its part; on narrow screens a list with the counts. The bar itself says all of it to screen readers. */
export const BarLabels = ({ parts }: { parts: readonly { stage: StageKey; count: number }[] }) => {
  const { t } = useTranslation();
  const { format } = useDistrict();
  const { ref, width } = useElementSize();
  const total = Math.max(1, parts.reduce((sum, part) => sum + part.count, 0));
  let before = 0;
  const starts = parts.map((part) => {
    const start = (before / total) * width;
    before += part.count;
    return start;
  });
  const words = parts.map((part) => t(`stage.${part.stage}`));
  const lefts = placeLabels(starts, words.map(labelWidth_px), width);
  return (
    <ul ref={ref} className={classes['labels']} data-placed={lefts !== undefined || undefined} aria-hidden="true">
      {parts.map(({ stage, count }, index) => (
        <li key={stage} style={lefts ? { left: lefts[index] } : undefined}>
          <StageMark stage={stage} size={14} />
          <span>{words[index]}</span>
          <b>{format.number(count)}</b>
        </li>
      ))}
    </ul>
  );
};
