/** A reporter that fails must not end the work that it reports on. */
export const unfailing =
  <Values extends readonly unknown[]>(report: ((...values: Values) => void) | undefined) =>
  (...values: Values): void => {
    try {
      report?.(...values);
    } catch {
      // There is nobody left to tell.
    }
  };
