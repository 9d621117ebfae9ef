import { useComputedColorScheme } from '@mantine/core';
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { TrendPoint } from '../../api/types.js';
import { useDistrict } from '../../app/shell/district-context.js';
import { stageKeys } from '../../lib/stages.js';

use([LineChart, GridComponent, AriaComponent, SVGRenderer]);

/** Room around the plot in pixels; the page lays its own labels and the slider over it. */
export const trendGrid = (labelled: boolean) => ({ left: 36, right: labelled ? 190 : 8, top: 8, bottom: 24 });

/** A light pattern for each stage, so that bands are told apart without colour. */
const decals = [
  { symbol: 'none' },
  { symbol: 'circle', symbolSize: 0.5, dashArrayX: [[5, 5], [0, 5, 5, 0]], dashArrayY: [4, 0], color: 'rgba(0,0,0,.25)' },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 9], rotation: Math.PI / 4, color: 'rgba(0,0,0,.16)' },
  { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: -Math.PI / 4, color: 'rgba(255,255,255,.25)' },
  { symbol: 'none' },
];

/** Draws the stacked areas into the element it returns the reference for: Full Implementation at the bottom, what has not started on top. */
export const useTrendCanvas = (points: readonly TrendPoint[], total: number, labelled: boolean, width: number) => {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const scheme = useComputedColorScheme('light');
  const { t } = useTranslation();
  const { format } = useDistrict();

  useEffect(() => {
    if (!element.current) return undefined;
    const made = init(element.current, undefined, { renderer: 'svg' });
    chart.current = made;
    return () => {
      made.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    if (!chart.current || width === 0) return;
    const css = getComputedStyle(document.documentElement);
    const color = (name: string): string => css.getPropertyValue(name).trim();
    const axis = { color: color('--ink-2'), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
    const order = [...stageKeys].reverse();
    const time = (day: string): number => Date.parse(`${day}T00:00:00Z`);
    chart.current.resize();
    chart.current.setOption(
      {
        animation: false,
        useUTC: true,
        aria: { enabled: true, decal: { show: true, decals: [...decals].reverse() }, label: { description: t('district.trend.aria') } },
        grid: { ...trendGrid(labelled), containLabel: false },
        xAxis: {
          type: 'time',
          min: time(points[0]!.date),
          max: time(points.at(-1)!.date),
          axisLine: { lineStyle: { color: color('--line-strong') } },
          axisTick: { show: false },
          splitLine: { show: false },
          splitNumber: labelled ? 6 : 3,
          axisLabel: { ...axis, hideOverlap: true, formatter: (value: number) => format.monthYear(new Date(value).toISOString().slice(0, 10)) },
        },
        yAxis: { type: 'value', min: 0, max: total, interval: total, axisLabel: axis, splitLine: { show: false }, axisLine: { show: false } },
        series: order.map((stage) => ({
          type: 'line',
          name: t(`stage.${stage}`),
          stack: 'schools',
          step: 'end',
          silent: true,
          showSymbol: false,
          lineStyle: { width: 1, color: color('--panel') },
          itemStyle: { color: color(`--stage-${stage}`) },
          areaStyle: { color: color(`--stage-${stage}`), opacity: 1 },
          data: points.map((point) => [time(point.date), point.totals[stage]]),
        })),
      },
      { notMerge: true },
    );
  }, [points, total, labelled, width, scheme, t, format]);

  return element;
};
