// Which rows of a long list are drawn. Pure: sizes come in, a range comes out.
/** Rows drawn above and below what is seen. */
const MARGIN = 12;
/** Never more rows than this, however large the screen says it is. */
const MOST = 160;

export function range({ count, rowHeight, top, viewTop, viewHeight }) {
  const first = Math.max(0, Math.floor((viewTop - top) / rowHeight) - MARGIN);
  const visible = Math.ceil(viewHeight / rowHeight) + 2 * MARGIN;
  const from = Math.min(first, Math.max(0, count - 1));
  const to = Math.min(count, from + Math.min(visible, MOST));
  return { from, to, before: from * rowHeight, after: Math.max(0, count - to) * rowHeight };
}
