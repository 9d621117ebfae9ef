import { optionsFrom } from './options.js';
import { torturePlatform } from './torture-platform.js';
import { torture } from './torture.js';

// Whoever is told to stop leaves by the door at which everything that was started is told, too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const options = optionsFrom(process.argv.slice(2));
const run = options.platform ? torturePlatform : torture;
const well = await run(options, (line) => void process.stdout.write(`${line}\n`));
process.exit(well ? 0 : 1);
