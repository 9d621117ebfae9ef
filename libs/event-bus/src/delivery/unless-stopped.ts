/** What was waited for is of no use any more. */
export class StoppedWaitingError extends Error {
  override readonly name = 'StoppedWaitingError';
}

/**
 * Waits for an answer that changes nothing, and no longer than until the signal: an engine that is frozen would hold up
 * whoever is on the way out for as long as a call may take. @throws StoppedWaitingError; a late answer is dropped
 */
export const unlessStopped = async <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> => {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new StoppedWaitingError('Stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
