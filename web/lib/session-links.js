// The address of a session: its key, and its installation only where another one holds the same key. Pure.
import { href } from "./router.js";

export function linkTo(key, installation, all) {
  const isShared = all.some((row) => row.key === key && row.installation !== installation);
  return { key, at: isShared ? installation : undefined };
}

export const hrefOf = (row, all) => href("session", linkTo(row.key, row.installation, all));
