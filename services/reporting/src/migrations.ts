import { checkpointDdl, tablesDdl } from '@cairn/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { typesOfReceivedDdl } from './log/newer-events.js';
import { receiveEventsFunction, shortStreamsFunction } from './log/receive-events-function.js';
import { receivedEventDdl } from './log/received-event.js';
import { adoptionRectangles } from './read/adoption-rectangles.js';
import { adoptionProjection } from './read/adoption.read.js';
import { historyProjection } from './read/history.read.js';
import { schoolRectangles } from './read/school-rectangles.js';
import { directoryProjection } from './read/schools.read.js';

/** Schema changes go forward only: what a migration made is mended by a later one. */
abstract class Forward implements MigrationInterface {
  protected abstract readonly ddl: string;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(this.ddl);
  }

  async down(): Promise<void> {
    throw new Error('Migrations are not taken back');
  }
}

class ReceivedEvents1767225600000 extends Forward {
  readonly name = 'ReceivedEvents1767225600000';
  protected readonly ddl = `${checkpointDdl}; ${receivedEventDdl}`;
}

class DirectoryTables1767225600001 extends Forward {
  readonly name = 'DirectoryTables1767225600001';
  protected readonly ddl = tablesDdl(directoryProjection);
}

class AdoptionTables1767225600002 extends Forward {
  readonly name = 'AdoptionTables1767225600002';
  protected readonly ddl = tablesDdl(adoptionProjection);
}

class SchoolEvents1767225600003 extends Forward {
  readonly name = 'SchoolEvents1767225600003';
  protected readonly ddl = tablesDdl(historyProjection);
}

/** Checkpoints of one generation become those of several; of a database that is new they were from the start. */
class Generations1767225600004 extends Forward {
  readonly name = 'Generations1767225600004';
  protected readonly ddl = checkpointDdl;
}

/** Which types there are is asked at every look of operations, whatever the size of the log. */
class TypesOfReceived1767225600005 extends Forward {
  readonly name = 'TypesOfReceived1767225600005';
  protected readonly ddl = typesOfReceivedDdl;
}

/** Read models that were made before have an index over all that was ever known of a subject; readers walk others now. */
class IndexesOfReaders1767225600006 extends Forward {
  readonly name = 'IndexesOfReaders1767225600006';
  protected readonly ddl = [adoptionRectangles, schoolRectangles].map((table) => table.upgradeOfIndexes).join('\n');
}

/** The log is appended to with one statement. */
class ReceiveEvents1767225600007 extends Forward {
  readonly name = 'ReceiveEvents1767225600007';
  protected readonly ddl = receiveEventsFunction;
}

/** What was received is handed over with its streams. */
class ShortStreams1767225600008 extends Forward {
  readonly name = 'ShortStreams1767225600008';
  protected readonly ddl = shortStreamsFunction;
}

/**
 * One migration a read model, in the order in which they came. They make the first generation by the words of the
 * projection itself; every later one is made by a rebuild, by the same words.
 */
export const migrations = [
  ReceivedEvents1767225600000,
  DirectoryTables1767225600001,
  AdoptionTables1767225600002,
  SchoolEvents1767225600003,
  Generations1767225600004,
  TypesOfReceived1767225600005,
  IndexesOfReaders1767225600006,
  ReceiveEvents1767225600007,
  ShortStreams1767225600008,
];
