import type { Benchmark } from '../measure/benchmark.js';
import { appends, commandsOfTen } from './appends.js';
import { bulkImport } from './bulk-import.js';
import { commandToVisible } from './command-to-visible.js';
import { kafka } from './kafka.js';
import { memory } from './memory.js';
import { projection } from './projection.js';
import { reading } from './reading.js';

/** In the order of the report. */
export const allBenchmarks: readonly Benchmark[] = [appends, commandsOfTen, bulkImport, reading, projection, commandToVisible, kafka, memory];
