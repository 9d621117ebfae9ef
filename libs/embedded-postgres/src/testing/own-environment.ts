/** What would send a process to engines, or to a platform, that are not those of a test. */
const ofOthers = /^(DATABASE_URL$|EVENT_STORE_|KAFKA_|CAIRN_(DATA|LOG|URL|TOKEN)$)/;

/** The environment of this process, for one that it starts on engines of its own: somebody may have exported those they work with. */
export const ownEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofOthers.test(name)));
