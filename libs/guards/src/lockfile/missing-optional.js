/**
 * npm sometimes writes a lockfile with only the platform binaries of the machine that wrote it (npm/cli#4828). `npm ci`
 * then succeeds there and breaks on every other kind of machine. Plain JavaScript, because it is asked before `npm ci`.
 */

/**
 * The optional dependencies that a locked package names and the lockfile does not hold, as `package -> dependency`.
 *
 * @param {{ packages?: Record<string, { optionalDependencies?: Record<string, string> }> }} lockfile
 * @returns {string[]}
 */
export const missingOptional = (lockfile) => {
  const packages = lockfile.packages ?? {};

  /** As Node looks for it: beside the package, then in each folder above. */
  const isLocked = (from, name) => {
    for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/')))) {
      if (Object.hasOwn(packages, place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`)) return true;
      if (place === '') return false;
    }
  };

  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(path, name))
      .map((name) => `${path || 'the root'} -> ${name}`),
  );
};
