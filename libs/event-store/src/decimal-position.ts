import { InvalidReadError } from './errors.js';
import type { Position } from './event.js';

/** Positions of the engines that count 1, 2, 3, ... : decimal text, `0` before the first event. */
export const beforeTheFirst: Position = '0';

const decimal = /^(?:0|[1-9]\d{0,17})$/;

/** @throws InvalidReadError when the text is no position. */
export const parsePosition = (position: Position): number => {
  if (!decimal.test(position) || !Number.isSafeInteger(Number(position))) {
    throw new InvalidReadError(`${position} is not a position of this store`);
  }
  return Number(position);
};

/** Negative, zero or positive, as for `Array.sort`. @throws InvalidReadError */
export const comparePositions = (left: Position, right: Position): number => parsePosition(left) - parsePosition(right);
