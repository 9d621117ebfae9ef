import { optionsFrom } from './options.js';
import { torturePlatform } from './torture-platform.js';
import { torture } from './torture.js';

const options = optionsFrom(process.argv.slice(2));
const run = options.platform ? torturePlatform : torture;
const well = await run(options, (line) => void process.stdout.write(`${line}\n`));
process.exit(well ? 0 : 1);
