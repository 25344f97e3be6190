// The search within a conversation as the address has it, and the way from a hit to where it stands.
import { useEffect, useSignal, useState } from "../../lib/html.js";
import { useKeys } from "../../lib/use-keys.js";
import { route, setParams } from "../../lib/router.js";

/** The search of the address; it is begun by `/` or the button. */
export function useFind(store, canFind) {
  const { params } = useSignal(route);
  const [isOpen, setOpen] = useState(Boolean(params.find));
  const query = params.find ?? "";
  useEffect(() => {
    if (canFind) store.search(query);
  }, [store, query, canFind]);
  const open = () => {
    setParams({ tab: null });
    setOpen(true);
  };
  useKeys(canFind ? { "/": open } : {}, [canFind]);
  const close = () => {
    setOpen(false);
    setParams({ find: null });
  };
  /** Ends the search at a message of it. */
  const show = (id) => {
    store.around(id);
    close();
  };
  return { isOpen, query, open, close, show, set: (text) => setParams({ find: text || null }) };
}
