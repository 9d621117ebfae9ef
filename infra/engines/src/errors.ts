/** A program that the engines need is not on this machine; the message says what to install. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
}

/** An engine could not be made ready; the message carries the last lines of its log. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
}

/** An engine did not end in time, not even when killed. */
export class EngineStopError extends Error {
  override readonly name = 'EngineStopError';
}

/** No engine of the kind that was asked for runs here; the message says how to start one. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}
