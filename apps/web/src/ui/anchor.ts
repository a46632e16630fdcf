/** Where a menu or popover stands. */
export type Anchor = Element | { readonly x: number; readonly y: number };

/** A point as what floating things stand beside. */
export const pointAnchor = ({ x, y }: { readonly x: number; readonly y: number }) => ({
  getBoundingClientRect: () => new DOMRect(x, y, 0, 0),
});
