import { use } from 'react';

import { DistrictContext } from '../app/shell/district-context.js';

/** The id of an event means nothing to a reader; the page links to the fact instead. */
const eventPattern = / \(event [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)/g;
const instantPattern = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

/** Services speak of instants, people of days in their district: the words of a refusal with its instants as days and without ids. */
export const useReadable = (): ((text: string) => string) => {
  const format = use(DistrictContext)?.format;
  return (text) => {
    const plain = text.replace(eventPattern, '');
    return format ? plain.replace(instantPattern, (instant) => format.date(instant)) : plain;
  };
};
