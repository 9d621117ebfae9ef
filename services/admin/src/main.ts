import { fileURLToPath } from 'node:url';

import { ConfigurationError, identityFrom, toldToStop } from '@cairn/service-kit';
import { z } from 'zod';

import { startAdmin } from './admin.service.js';

// The door as a process of its own. CAIRN_UPSTREAMS names the services behind it: directory=http://…,scaling-plan=http://…

const environmentSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CAIRN_UPSTREAMS: z
    .string()
    .transform((text) => text.split(',').map((pair) => pair.trim().split('=')))
    .pipe(z.array(z.tuple([z.string().min(1), z.url()])).min(1)),
});

const run = async (): Promise<void> => {
  const { told } = toldToStop();
  const parsed = environmentSchema.safeParse(process.env);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const { HOST, PORT, LOG_LEVEL, CAIRN_UPSTREAMS } = parsed.data;
  const running = await startAdmin({
    host: HOST,
    port: PORT,
    logLevel: LOG_LEVEL,
    identity: identityFrom(process.env),
    upstreams: CAIRN_UPSTREAMS.map(([name, url]) => ({ name, url })),
    webRoot: fileURLToPath(new URL('../web/dist', import.meta.url)),
  });
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
