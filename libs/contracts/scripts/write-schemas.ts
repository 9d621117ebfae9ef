// Writes the JSON Schema files of the public events. From the root of the workspace:
//   node --conditions=@cairn/source --import ./libs/embedded-postgres/jest/register-source.js libs/contracts/scripts/write-schemas.ts
import { writeFileSync } from 'node:fs';

import { schemaFiles } from '../src/schema-files.js';

for (const file of schemaFiles()) writeFileSync(new URL(`../schemas/${file.name}`, import.meta.url), file.text);
