import { fileURLToPath } from 'node:url';

import { ConfigurationError, toldToStop } from '@cairn/service-kit';

import { adminConfigFrom } from './admin-config.js';
import { startAdmin } from './admin.service.js';

// The door as a process of its own. CAIRN_UPSTREAMS names the services behind it: directory=http://…,scaling-plan=http://…

const run = async (): Promise<void> => {
  const { told } = toldToStop();
  const webRoot = fileURLToPath(new URL('../web/dist', import.meta.url));
  const running = await startAdmin({ ...adminConfigFrom(process.env), webRoot });
  console.log(`admin answers at ${running.url}`);
  await told;
  await running.close();
};

try {
  await run();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
