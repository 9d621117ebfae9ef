import { dataFaults } from './data-faults.js';
import { engineFaults } from './engine-faults.js';
import { processFaults } from './process-faults.js';
import type { World } from './world.js';

/** Something that goes wrong while the load runs. */
export interface Fault {
  readonly name: string;
  /** Of the fault matrix. */
  readonly rows: readonly number[];
  /** The bus that it needs; undefined: any. */
  readonly bus?: 'postgres' | 'kafka';
  /** Resolves when it is over. Whoever died of it is started again afterwards. */
  inflict(world: World): Promise<void>;
}

/** Every fault of the long run. */
export const faults: readonly Fault[] = [...processFaults, ...engineFaults, ...dataFaults];
