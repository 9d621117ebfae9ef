import { useIntersection } from '@mantine/hooks';
import { useRef, type ReactNode } from 'react';

/** Puts its children in place once they come near the visible part of the page, and keeps them. */
export const WhenSeen = ({ placeholder, children }: { placeholder: ReactNode; children: ReactNode }) => {
  const seen = useRef(false);
  const { ref, entry } = useIntersection({ rootMargin: '200px' });
  if (entry?.isIntersecting) seen.current = true;
  return <div ref={ref}>{seen.current ? children : placeholder}</div>;
};
