// Where OpenClaw keeps the model calls of a migrated state, counted without the program under test: by the runtime that
// OpenClaw runs on, which has SQLite and Zstandard built in.
import { nodePath } from "./places.mjs";
import { runProcess } from "./process.mjs";

const COUNT = `
const fs = require("node:fs"), path = require("node:path"), zlib = require("node:zlib");
const { DatabaseSync } = require("node:sqlite");
const isCall = (text) => JSON.parse(text).message?.role === "assistant";
const unpack = (bytes) => zlib.zstdDecompressSync(bytes).toString("utf8");
const agents = path.join(process.argv[1], "agents");
const places = { rows: 0, packedRows: 0, archives: 0 };
for (const agent of fs.readdirSync(agents)) {
  const database = new DatabaseSync(path.join(agents, agent, "agent/openclaw-agent.sqlite"), { readOnly: true });
  for (const { event_json, event_zstd } of database.prepare("select event_json, event_zstd from transcript_events").all()) {
    if (isCall(event_json ?? unpack(event_zstd))) places[event_json ? "rows" : "packedRows"] += 1;
  }
  database.close();
  const folder = path.join(agents, agent, "sessions");
  for (const name of fs.readdirSync(folder).filter((name) => name.endsWith(".zst"))) {
    const lines = unpack(fs.readFileSync(path.join(folder, name))).split("\\n").filter(Boolean);
    places.archives += lines.filter(isCall).length;
  }
}
console.log(JSON.stringify(places));
`;

/** Calls in plain rows, in packed rows and in packed files. */
export async function placesOfCalls(stateDir) {
  const { code, stdout, stderr } = await runProcess(nodePath(), ["--no-warnings", "-e", COUNT, stateDir], {
    env: process.env,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
