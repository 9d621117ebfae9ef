import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * Lets one import of a district run at a time: within this process by waiting in line, so that those who wait hold no
 * connection, and across processes by an advisory lock of the database. Two imports at once could give one external
 * id to two schools, which no single stream could refuse.
 */
@Injectable()
export class ImportTurns {
  private line: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  take<Result>(districtId: string, work: () => Promise<Result>): Promise<Result> {
    const turn = this.line.then(
      () => this.locked(districtId, work),
      () => this.locked(districtId, work),
    );
    this.line = turn;
    return turn;
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
