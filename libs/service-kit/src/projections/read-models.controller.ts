import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';

import { AllowPlatformOperators } from '../http/principal.js';
import { ProblemException, problems } from '../http/problem.js';
import type { Readiness } from '../service/readiness.js';
import { BuildRunningError, NothingToGoBackToError } from './projection.js';
import type { ProjectionStatus } from './projection.js';

/** A read model as operations see it. */
export interface ReadModel {
  status(): Promise<ProjectionStatus>;
  /** @throws BuildRunningError */
  rebuild(): Promise<void>;
  /** @throws NothingToGoBackToError, BuildRunningError */
  goBack(): Promise<void>;
}

/** What went wrong stands in the log: the words of a database are not for everybody. */
const failureTold = 'fails; the log of the service says why';

const toldToEverybody = ({ failure, building, ...status }: ProjectionStatus): object => ({
  ...status,
  failure: failure === undefined ? undefined : failureTold,
  building: building && { ...building, failure: building.failure === undefined ? undefined : failureTold },
});

/** A refusal of what was asked of a read model. */
const conflictOf = (error: unknown): unknown => {
  const known = { BuildRunningError: 'build-running', NothingToGoBackToError: 'nothing-to-go-back-to' };
  if (!(error instanceof BuildRunningError || error instanceof NothingToGoBackToError)) return error;
  const title = 'The read model does not allow it now';
  return new ProblemException({ type: `/problems/${known[error.name]}`, title, status: 409, detail: `${error.message}.` });
};

/** The read models of a service, in the order of its wiring. */
export class ReadModels {
  constructor(readonly models: readonly ReadModel[]) {}

  statuses(): Promise<readonly ProjectionStatus[]> {
    return Promise.all(this.models.map((model) => model.status()));
  }

  /** Not ready while one has not caught up. Having been caught up once is enough: a burst of events is no outage. */
  addTo(readiness: Readiness): void {
    const caughtUp = new Set<string>();
    readiness.add({
      name: 'read-models',
      check: async () => {
        const statuses = await this.statuses();
        for (const status of statuses) if (status.caughtUp) caughtUp.add(status.name);
        const behind = statuses.filter(({ name, failure }) => failure !== undefined || !caughtUp.has(name));
        if (behind.length === 0) return undefined;
        return behind.map(({ name, failure }) => `${name} ${failure === undefined ? 'catches up' : failureTold}`).join('; ');
      },
    });
  }
}

/** Where operations see how far each read model of a service is, and have one derived anew or gone back with. */
export const readModelsController = (service: string): Type => {
  @ApiTags('operations')
  @AllowPlatformOperators()
  @Controller(`api/services/${service}/read-models`)
  class ReadModelsController {
    constructor(@Inject(ReadModels) private readonly readModels: ReadModels) {}

    @Get()
    @ApiOperation({ summary: `How far the read models of ${service} are` })
    async list(): Promise<object> {
      return { items: (await this.readModels.statuses()).map(toldToEverybody) };
    }

    @Post(':name/rebuild')
    @HttpCode(202)
    @ApiOperation({ summary: 'Derive a read model again from the record, beside the one that is read until then' })
    async rebuild(@Param('name') name: string): Promise<object> {
      await this.ask(name, (model) => model.rebuild());
      return { name, state: 'rebuilding' };
    }

    @Post(':name/go-back')
    @HttpCode(200)
    @ApiOperation({ summary: 'Bring the generation of a read model from before its last rebuild up to date, and read that again' })
    async goBack(@Param('name') name: string): Promise<object> {
      await this.ask(name, (model) => model.goBack());
      return { name, state: 'going-back' };
    }

    private async ask(name: string, of: (model: ReadModel) => Promise<void>): Promise<void> {
      const statuses = await this.readModels.statuses();
      const model = this.readModels.models[statuses.findIndex((status) => status.name === name)];
      if (!model) {
        throw problems.notFound(`${service} has no read model "${name}"; it has ${statuses.map((status) => status.name).join(', ')}.`);
      }
      await of(model).catch((error: unknown) => {
        throw conflictOf(error);
      });
    }
  }
  return ReadModelsController;
};
