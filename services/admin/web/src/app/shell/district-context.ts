import { createContext, useContext } from 'react';

import type { At } from '../../api/queries.js';
import type { District, Initiative } from '../../api/types.js';
import type { Format } from '../use-format.js';

/** What every page of a district starts from: where, which initiative, and when. */
export interface DistrictState {
  readonly district: District;
  readonly zone: string;
  readonly initiatives: readonly Initiative[];
  /** The one of the address, else the first; undefined when there is none yet. */
  readonly initiative: Initiative | undefined;
  readonly at: At;
  /** The page shows another time than now; commands are off. */
  readonly past: boolean;
  /** Today in the district's zone. */
  readonly today: string;
  /** The day that is shown: the chosen one, else today. */
  readonly day: string;
  readonly format: Format;
}

export const DistrictContext = createContext<DistrictState | undefined>(undefined);

export const useDistrict = (): DistrictState => {
  const state = useContext(DistrictContext);
  if (!state) throw new Error('useDistrict is for pages of a district');
  return state;
};
