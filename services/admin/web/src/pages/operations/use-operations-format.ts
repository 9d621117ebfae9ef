import { useContext } from 'react';

import { DistrictContext } from '../../app/shell/district-context.js';
import type { Format } from '../../app/use-format.js';
import { useFormat } from '../../app/use-format.js';

/** Dates in the zone of the district that the page stands in, else in UTC: operations are also looked at while no district can be read. */
export const useOperationsFormat = (): Format => {
  const utc = useFormat();
  return useContext(DistrictContext)?.format ?? utc;
};
