/** What was given as a position is none: asking again will not mend it. */
export class InvalidPositionError extends Error {
  override readonly name = 'InvalidPositionError';
  constructor(
    readonly scope: string,
    readonly position: string,
  ) {
    super(`${position} is not a position of ${scope}`);
  }
}
