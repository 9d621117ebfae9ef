import { runAlone } from '@cairn/service-kit';

import { startDirectory } from './directory.service.js';

// The service as a process of its own, set up by its environment.
await runAlone('directory', startDirectory);
