/** Waits until `condition` answers something true, and says what it waited for when that does not happen. */
export const eventually = async <Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeoutMs = 60_000,
): Promise<Value> => {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > until) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
