import { useEffect } from 'react';

/** The title of the tab, which is also what a screen reader says first after a step to another page. */
export const usePageTitle = (...parts: readonly (string | undefined)[]): void => {
  const title = [...parts.filter(Boolean), 'Cairn'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
};
