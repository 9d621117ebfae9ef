import { useElementSize } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { Totals, TrendPoint } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { addDays, daysBetween } from '../../lib/zone.js';
import { stageKeys } from '../../lib/stages.js';
import { StageMark } from '../../ui/Stage.js';
import { bandLabels, dayAt, pointBy, shareOf } from './trend-geometry.js';
import classes from './Trend.module.css';
import { useTrendCanvas, trendGrid } from './use-trend-canvas.js';

/** Height of the plot without its axis; the style sheet gives the chart 9 rem, 32 px of them are room around the plot. */
const plotHeight_px = 112;

interface Props {
  readonly points: readonly TrendPoint[];
  /** What the page says of its own day; the weeks of the picture need not end on it. */
  readonly totals: Totals;
  readonly total: number;
}

/** The picture, a line on the chosen day, and one line of words about the day under the pointer. The line is a slider for the keyboard. */
export const TrendChart = ({ points, totals, total }: Props) => {
  const { t } = useTranslation();
  const { day, today, format } = useDistrict();
  const navigate = useNavigate();
  const { ref, width } = useElementSize();
  const [pointed, setPointed] = useState<string>();
  const [dragging, setDragging] = useState(false);
  const [first, last] = [points[0]!.date, points.at(-1)!.date];
  const labelled = width >= 620;
  const grid = trendGrid(labelled);
  const canvas = useTrendCanvas(points, total, labelled, width);

  const plotWidth = Math.max(1, width - grid.left - grid.right);
  const clamp = (wanted: string): string => (wanted < first ? first : wanted > last ? last : wanted);
  const choose = (wanted: string): void => {
    const chosen = clamp(wanted);
    void navigate({ to: '.', search: (now) => ({ ...now, effective: chosen === today ? undefined : chosen }), resetScroll: false, replace: true });
  };
  // The end of a week, so that the words, the picture and the page that a click opens agree.
  const dayUnder = (event: PointerEvent): string => pointBy(points, dayAt(first, last, (event.clientX - event.currentTarget.getBoundingClientRect().left) / plotWidth)).date;
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, string> = { ArrowLeft: addDays(day, -7), ArrowRight: addDays(day, 7), PageDown: addDays(day, -28), PageUp: addDays(day, 28), Home: first, End: last };
    const wanted = steps[event.key];
    if (!wanted) return;
    event.preventDefault();
    choose(wanted);
  };

  const shown = pointed ?? clamp(day);
  const said = pointed === undefined && shown === day ? totals : pointBy(points, shown).totals;
  const words = t('district.trend.readout', {
    date: format.date(shown),
    ...Object.fromEntries(stageKeys.map((stage) => [stage.replaceAll('-', '_'), format.number(said[stage])])),
  });
  const left = (at: string): string => `${100 * shareOf(first, last, at)}%`;
  const selected = clamp(day);

  return (
    <div>
      <p className={classes['readout']} data-pointed={pointed !== undefined || undefined}>{words}</p>
      <div className={classes['chart']} ref={ref} data-measured={width > 0 || undefined}>
        <div ref={canvas} className={classes['canvas']} />
        <div
          className={classes['plot']}
          style={{ left: grid.left, right: grid.right, top: grid.top, bottom: grid.bottom }}
          onPointerMove={(event) => setPointed(dayUnder(event))}
          onPointerLeave={() => !dragging && setPointed(undefined)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragging(true);
            setPointed(dayUnder(event));
          }}
          onPointerUp={(event) => {
            setDragging(false);
            setPointed(undefined);
            choose(dayUnder(event));
          }}
          onPointerCancel={() => { setDragging(false); setPointed(undefined); }}
        >
          {pointed && <i className={classes['hover']} style={{ left: left(clamp(pointed)) }} />}
          <span
            className={classes['chosen']}
            style={{ left: left(selected) }}
            role="slider"
            tabIndex={0}
            aria-label={t('district.trend.slider')}
            aria-valuemin={0}
            aria-valuemax={daysBetween(first, last)}
            aria-valuenow={daysBetween(first, selected)}
            aria-valuetext={words}
            onKeyDown={onKey}
          />
        </div>
        {labelled && (
          <ul className={classes['labels']} style={{ width: grid.right - 12, top: grid.top, bottom: grid.bottom }} aria-hidden="true">
            {bandLabels(points.at(-1)!, total, plotHeight_px).map(({ stage, count, y }) => (
              <li key={stage} style={{ top: y }}>
                <StageMark stage={stage} size={12} /> {t(`stage.${stage}`)} {shown === last && <b>{format.number(count)}</b>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
};
