import { optionsFrom } from './options.js';
import { torture } from './torture.js';

const well = await torture(optionsFrom(process.argv.slice(2)), (line) => void process.stdout.write(`${line}\n`));
process.exit(well ? 0 : 1);
