import { runAlone } from '@cairn/service-kit';

import { startReporting } from './reporting.service.js';

// The service as a process of its own, set up by its environment.
await runAlone('reporting', startReporting);
