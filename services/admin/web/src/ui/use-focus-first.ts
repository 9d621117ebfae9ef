import { useEffect, useRef, type RefObject } from 'react';

/**
 * Gives what has just appeared the focus, and so brings it into view: the button that led to it is gone, and the keyboard would start
 * again at the top of the page. The element needs a `tabIndex` of -1.
 */
export const useFocusFirst = <T extends HTMLElement>(): RefObject<T | null> => {
  const element = useRef<T>(null);
  useEffect(() => {
    element.current?.focus({ preventScroll: true });
    element.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return element;
};
