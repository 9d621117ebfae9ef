import { isDeepStrictEqual } from 'node:util';

/** A stretch of time through which something was the same; `to` undefined: still. */
export interface Stretch<State> {
  readonly from: string;
  readonly to: string | undefined;
  readonly state: State;
}

/** When and by which event something became known, or stopped being what we know. */
export interface Knowledge {
  readonly at: string;
  readonly logPosition: number;
}

/** What held from-to, as it was known from-to. `ended` undefined: it is what we know now. */
export interface Rectangle<State> extends Stretch<State> {
  readonly begun: Knowledge;
  readonly ended: Knowledge | undefined;
}

/** A rectangle of the table whose knowledge ends; no two that are known at one time begin at one instant. */
export interface Ending {
  readonly from: string;
  readonly ended: Knowledge;
}

/** What a batch of events does to the rectangles of one subject. */
export interface RectangleChange<State> {
  readonly ending: readonly Ending[];
  readonly added: readonly Rectangle<State>[];
}

/** The stretches as they are known after one more event. */
export interface Learnt<State> {
  readonly knowledge: Knowledge;
  readonly stretches: readonly Stretch<State>[];
}

const same = (left: Stretch<unknown>, right: Stretch<unknown>): boolean =>
  left.from === right.from && left.to === right.to && isDeepStrictEqual(left.state, right.state);

/**
 * What has to change in the table, where the stretches `before` are the ones known, so that it says what was learnt
 * step by step. Rectangles that hold on are not touched.
 */
export const learn = <State>(
  before: readonly Stretch<State>[],
  steps: readonly Learnt<State>[],
): RectangleChange<State> => {
  let kept = before;
  const ending: Ending[] = [];
  const closed: Rectangle<State>[] = [];
  let open: readonly Rectangle<State>[] = [];
  for (const { knowledge, stretches } of steps) {
    const holds = (known: Stretch<State>): boolean => stretches.some((stretch) => same(known, stretch));
    const isKnown = (stretch: Stretch<State>): boolean => [...kept, ...open].some((known) => same(known, stretch));
    const begun = stretches.filter((stretch) => !isKnown(stretch));
    ending.push(...kept.filter((known) => !holds(known)).map(({ from }) => ({ from, ended: knowledge })));
    closed.push(...open.filter((known) => !holds(known)).map((known) => ({ ...known, ended: knowledge })));
    kept = kept.filter(holds);
    open = [...open.filter(holds), ...begun.map((stretch) => ({ ...stretch, begun: knowledge, ended: undefined }))];
  }
  return { ending, added: [...closed, ...open] };
};
