import { runAlone } from '@cairn/service-kit';

import { startScalingPlan } from './scaling-plan.service.js';

// The service as a process of its own, set up by its environment.
await runAlone('scaling-plan', startScalingPlan);
