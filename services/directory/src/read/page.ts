import { cursorOf } from '@cairn/service-kit';

/** A page of a list; `next` goes back as `after`, and is absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** The page that `limit + 1` rows make: the row too many says that there is more. `placeOf`: what the next page begins after. */
export const pageOf = <Item>(rows: readonly Item[], limit: number, placeOf: (item: Item) => string): Page<Item> => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(placeOf(last)) } : { items };
};
