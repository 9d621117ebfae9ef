import { useEffect, useRef, type RefObject } from 'react';

/** How many rows a long table shows at first; the rest follows on request. */
export const firstRows = 25;

/**
 * After "Show all" the button is gone and the keyboard would start again at the top of the page; the first link of the rows that came
 * takes the focus instead. Give `list` to the element whose children are the rows and call `asked` with the press.
 */
export const useShowAll = <T extends HTMLElement>(): { readonly list: RefObject<T | null>; readonly asked: () => void } => {
  const list = useRef<T>(null);
  const waiting = useRef(false);
  useEffect(() => {
    const next = waiting.current ? list.current?.children[firstRows] : undefined;
    if (!next) return;
    waiting.current = false;
    next.querySelector('a')?.focus();
  });
  return { list, asked: () => { waiting.current = true; } };
};
