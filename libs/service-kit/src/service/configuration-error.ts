/** The configuration misses something without which the platform must not start. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
