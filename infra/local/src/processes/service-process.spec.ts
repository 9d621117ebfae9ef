import { expect, test } from '@jest/globals';

import { ServiceProcess, ServiceStartError } from './service-process.js';

test('a service whose process cannot even be made says so, and takes nobody with it', async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  try {
    // Refused by the system, as it refuses one more process when there is no memory for it.
    const service = new ServiceProcess({ name: 'directory', environment: { NAME: 'a\u0000b' }, onLine: () => undefined });
    await expect(service.url).rejects.toThrow(ServiceStartError);
    await expect(service.url).rejects.toThrow('could not be started');
    await service.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
  }
}, 10_000);
