/**
 * Where labels of a stacked bar begin, in pixels: at their part of the bar, moved right where the one before needs the room and then
 * left where the bar ends. Undefined when they do not fit side by side at all.
 */
export const placeLabels = (starts_px: readonly number[], widths_px: readonly number[], room_px: number): readonly number[] | undefined => {
  if (widths_px.reduce((sum, width) => sum + width, 0) > room_px) return undefined;
  const left = [...starts_px];
  for (let index = 1; index < left.length; index += 1) left[index] = Math.max(left[index]!, left[index - 1]! + widths_px[index - 1]!);
  let limit = room_px;
  for (let index = left.length - 1; index >= 0; index -= 1) {
    left[index] = Math.min(left[index]!, limit - widths_px[index]!);
    limit = left[index]!;
  }
  return left;
};

/** Room that a label takes: its mark, its words at 13 px, and a gap. */
export const labelWidth_px = (words: string): number => 20 + words.length * 6.9 + 14;
