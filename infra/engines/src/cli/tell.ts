import type { EnginesState } from '../state/engines-state.js';

/** Progress goes to standard error: standard output is for `eval "$(npm run --silent engines:start)"`. */
export const progress = (message: string): void => console.error(message);

/** The variables that choose the engines, as lines of a shell. */
export const exportLines = ({ brokers, eventStoreUrl }: EnginesState): readonly string[] => [
  `export KAFKA_BROKERS=${brokers.join(',')}`,
  ...(eventStoreUrl === undefined ? [] : [`export EVENT_STORE_URL='${eventStoreUrl}'`]),
];
