// The server's push as a test wants it: cut off, or spoken by the test itself.

/** No way to be pushed to: the page polls. For tests of single answers, or of a page that must hold still. */
export async function noPush(page) {
  await page.routeWebSocket(/\/api\/stream/, (socket) => socket.close());
  await page.route(/\/api\/events/, (route) => route.fulfill({ status: 204 }));
}

/**
 * The test speaks for the server: `snapshot` is what `hello` brings. `say` sends a change of rows, on top of what
 * was said before; `cut` ends the connection and lets no other begin until `mend`.
 */
export async function speaks(page, snapshot) {
  const self = { snapshot, socket: null, isCut: false, seq: 0, opened: 0 };
  const send = (message) => self.socket.send(JSON.stringify({ ...message, seq: (self.seq += 1) }));
  const fetchedAt = () => new Date().toISOString();
  const fresh = () => ({ fetchedAt: fetchedAt(), coverage: { ...self.snapshot.coverage, asOf: fetchedAt() } });
  await page.route(/\/api\/events/, (route) => route.fulfill({ status: 204 }));
  await page.routeWebSocket(/\/api\/stream/, (socket) => {
    if (self.isCut) return void socket.close();
    [self.socket, self.seq, self.opened] = [socket, 0, self.opened + 1];
    send({ type: "hello", snapshot: { ...self.snapshot, ...fresh() } });
  });
  // Who asks is told the same.
  await page.route(/\/api\/sessions\?/, (route) => route.fulfill({ json: { ...self.snapshot, ...fresh() } }));
  self.say = (upserts = [], { removed = [], ...whole } = {}) => {
    const idOf = (row) => `${row.installation} ${row.key}`;
    const changed = new Map(upserts.map((row) => [idOf(row), row]));
    const gone = new Set(removed.map(idOf));
    const known = new Set(self.snapshot.sessions.map(idOf));
    const sessions = self.snapshot.sessions
      .filter((row) => !gone.has(idOf(row)))
      .map((row) => changed.get(idOf(row)) ?? row);
    const added = upserts.filter((row) => !known.has(idOf(row)));
    self.snapshot = { ...self.snapshot, ...whole, sessions: [...added, ...sessions] };
    const { stats, tokenStats, taskQueue } = self.snapshot;
    const total = self.snapshot.sessions.length;
    const removes = removed.map(({ key }) => key);
    send({ type: "change", upserts, removed, removes, stats, tokenStats, taskQueue, total, ...fresh() });
  };
  self.cut = () => {
    self.isCut = true;
    return self.socket.close();
  };
  self.mend = () => {
    self.isCut = false;
  };
  return self;
}
