// The two ways a browser can be pushed to. Each tells every text that comes and, once, that it has ended.

function socket(address) {
  return (told, ended) => {
    const url = new URL(`api/stream${address()}`, document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const one = new WebSocket(url);
    one.onmessage = ({ data }) => told(data);
    one.onclose = ended;
    return () => one.close();
  };
}

function events(address) {
  return (told, ended) => {
    const one = new EventSource(`api/events${address()}`);
    one.onmessage = ({ data }) => told(data);
    // It would try again by itself, with the gap that lies between: we ask anew instead.
    one.onerror = () => {
      one.close();
      ended();
    };
    return () => one.close();
  };
}

/** `query` gives the part of the address from `?` on. */
export const waysOf = (query) => ({ socket: socket(query), events: events(query) });
