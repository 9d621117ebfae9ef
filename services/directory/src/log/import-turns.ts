import { unavailable } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Imports of one district that may wait for the one that runs. */
export const waitingMax = 8;

interface Line {
  /** Those who wait and the one whose turn it is. */
  length: number;
  last: Promise<unknown>;
}

/**
 * Lets one import of a district run at a time: within this process by waiting in the line of the district, so that
 * those who wait hold no connection, and across processes by an advisory lock of the database. Two imports at once
 * could give one external id to two schools, which no single stream could refuse.
 */
@Injectable()
export class ImportTurns {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly dataSource: DataSource) {}

  /** @throws a 503 problem when too many of the district wait already: each of them holds a file in memory */
  async take<Result>(districtId: string, work: () => Promise<Result>): Promise<Result> {
    const line = this.lines.get(districtId) ?? { length: 0, last: Promise.resolve() };
    if (line.length > waitingMax) {
      throw unavailable(`${waitingMax} imports of this district are waiting already. Nothing was changed; try again shortly.`, 10);
    }
    this.lines.set(districtId, line);
    line.length += 1;
    const turn = line.last.then(() => this.locked(districtId, work));
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(districtId);
    }
  }

  private async locked<Result>(districtId: string, work: () => Promise<Result>): Promise<Result> {
    // The lock lives as long as its transaction: a process that dies lets go of it.
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`roster-import ${districtId}`]);
      const result = await work();
      await runner.commitTransaction();
      return result;
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }
}
