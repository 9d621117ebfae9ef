import { describe, expect, test } from '@jest/globals';

import { placeLabels } from './bar-labels.js';
import { bandLabels, dayAt, pointBy, shareOf } from './trend-geometry.js';

const totals = { 'not-started': 1, exploration: 1, installation: 1, 'initial-implementation': 1, 'full-implementation': 151 };

describe('the picture of two years', () => {
  test('a place on the chart is a day, and the day is that place', () => {
    expect(dayAt('2024-01-01', '2024-12-31', 0.5)).toBe('2024-07-02');
    expect(dayAt('2024-01-01', '2024-12-31', 2)).toBe('2024-12-31');
    expect(shareOf('2024-01-01', '2024-01-11', '2024-01-06')).toBe(0.5);
  });

  test('a day between two points says what the one before it says', () => {
    const points = ['2024-01-01', '2024-01-08'].map((date) => ({ date, totals }));
    expect(pointBy(points, '2024-01-07').date).toBe('2024-01-01');
    expect(pointBy(points, '2023-12-01').date).toBe('2024-01-01');
  });

  test('labels of thin bands stand apart and inside the picture', () => {
    const ys = bandLabels({ date: '', totals }, 155, 112).map((label) => label.y);
    for (let index = 1; index < ys.length; index += 1) expect(ys[index]! - ys[index - 1]!).toBeGreaterThanOrEqual(18);
    expect(Math.max(...ys)).toBeLessThanOrEqual(112);
  });
});

describe('names below a bar', () => {
  test('stand under their part where there is room, and beside each other where there is not', () => {
    expect(placeLabels([0, 100, 300], [80, 90, 90], 500)).toEqual([0, 100, 300]);
    expect(placeLabels([0, 10, 480], [80, 90, 90], 500)).toEqual([0, 80, 410]);
  });

  test('become a list when they do not fit at all', () => {
    expect(placeLabels([0, 100], [300, 300], 500)).toBeUndefined();
  });
});
