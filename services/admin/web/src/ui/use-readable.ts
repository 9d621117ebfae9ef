import { use } from 'react';

import { DistrictContext } from '../app/shell/district-context.js';

const instantPattern = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

/** Services speak of instants, people of days in their district: the words of a refusal with its instants as days. */
export const useReadable = (): ((text: string) => string) => {
  const format = use(DistrictContext)?.format;
  return (text) => (format ? text.replace(instantPattern, (instant) => format.date(instant)) : text);
};
