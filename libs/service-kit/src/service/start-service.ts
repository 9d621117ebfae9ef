import { setTimeout as sleep } from 'node:timers/promises';

import { isEnvironmentFailure } from '@cairn/event-bus';
import type { Logger } from 'pino';

import type { DataSourceParts } from '../data/service-database.js';
import type { ServiceConfig } from './config.js';
import { EngineTroubleError, engineTrouble } from './engine-trouble.js';
import { HttpFront } from './http-front.js';
import { openLogger } from './logging.js';
import { openPlatform } from './platform.js';
import type { Platform } from './platform.js';
import { postgresAt } from './postgres-at.js';
import type { RunningService, ServiceParts } from './serve.js';
import { serve } from './serve.js';

/** A service: its name, its tables, and how it is put together over its platform. */
export interface ServiceDefinition {
  readonly name: string;
  readonly data: DataSourceParts;
  readonly assemble: (platform: Platform) => ServiceParts;
}

export interface StartOptions {
  /**
   * Waits for engines that are away, refuse or are not prepared, for as long as it takes, and tells so meanwhile at
   * `/api/health/ready`. Without it such a start fails with an EngineTroubleError.
   */
  readonly waitForEngines?: boolean;
  /** Told the address as soon as health is answered there. */
  readonly onListening?: (url: string) => void;
  /** Gives the start up: what was opened is closed, and the abort's reason is thrown. */
  readonly signal?: AbortSignal;
}

const pauseFirst_ms = 250;
const pauseMax_ms = 5_000;

/** Starts a service. It answers health from the first moment, and all else once its engines answer it. */
export const startService = async (definition: ServiceDefinition, config: ServiceConfig, options: StartOptions = {}): Promise<RunningService> => {
  const logger = openLogger(definition.name, config.logLevel);
  const front = await HttpFront.listen(config.host, config.port);
  options.onListening?.(front.url);
  logger.info({ port: front.port }, 'listening');
  try {
    return await openWithPatience(definition, config, { front, logger, ...options });
  } catch (error) {
    await front.close();
    throw error;
  }
};

interface Opening extends StartOptions {
  readonly front: HttpFront;
  readonly logger: Logger;
}

const openWithPatience = async (definition: ServiceDefinition, config: ServiceConfig, opening: Opening): Promise<RunningService> => {
  const { front, logger, signal } = opening;
  for (let failures = 0; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      const platform = await openPlatform(definition.name, config, definition.data);
      return await serve(front, platform, definition.assemble);
    } catch (error) {
      const trouble = troubleOf(error, config);
      if (trouble === undefined || !opening.waitForEngines) throw trouble ?? error;
      front.waitsFor({ name: 'start-up', reason: trouble.message });
      const pause_ms = Math.min(pauseFirst_ms * 2 ** failures, pauseMax_ms);
      logger.warn({ err: trouble.cause ?? trouble, pause_ms }, `${trouble.message} It is tried again.`);
      await sleep(pause_ms, undefined, { signal }).catch(() => undefined);
    }
  }
};

/** What waiting may mend; undefined for everything else, such as a migration that is wrong. */
const troubleOf = (error: unknown, config: ServiceConfig): EngineTroubleError | undefined => {
  if (error instanceof EngineTroubleError) return error;
  return isEnvironmentFailure(error) ? engineTrouble(postgresAt(config.databaseUrl), error) : undefined;
};
