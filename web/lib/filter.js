// The filter box: words, and `agent:ops model:opus type:cron status:idle cost>1 has:error family:KEY`. Pure.
import { members, wordOf } from "./family.js";
import { idOf } from "./status.js";

const FIELDS = ["agent", "model", "type", "status", "kind", "channel", "installation"];

/** The parts of a filter: words, fields, comparisons. */
export function parse(text) {
  const parts = [];
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    // A whole session key begins like a field: `agent:ops:cron:1`.
    const field = /^agent:[^:]+:/i.test(word) ? null : /^([a-z]+):(.+)$/i.exec(word);
    const compare = /^(cost|tokens|context)([<>])\$?(\d+(?:\.\d+)?)%?$/i.exec(word);
    if (compare) parts.push({ field: compare[1].toLowerCase(), sign: compare[2], value: Number(compare[3]) });
    else if (field && [...FIELDS, "has", "family"].includes(field[1].toLowerCase())) {
      parts.push({ field: field[1].toLowerCase(), value: field[2].toLowerCase() });
    } else parts.push({ word: word.toLowerCase() });
  }
  return parts;
}

const FIELD_OF = { agent: "agentId", type: "sessionType" };
const FIGURE_OF = { cost: "cost", tokens: "totalTokens", context: "contextPercent" };

function has(row, what) {
  switch (what) {
    case "error":
      return row.isFailed;
    case "stuck":
      return row.isStuck;
    case "running":
      return row.isRunning;
    case "children":
      return row.childCount > 0;
    case "unpriced":
      return row.cost === null;
    default:
      return false;
  }
}

function matchesPart(row, part) {
  if (part.word !== undefined) {
    return [row.key, row.label, row.model, row.agentId].some((text) => text?.toLowerCase().includes(part.word));
  }
  if (part.field === "has") return has(row, part.value);
  if (part.field === "family") return part.ids.has(idOf(row));
  if (part.sign) {
    const figure = row[FIGURE_OF[part.field]];
    return figure !== null && figure !== undefined && (part.sign === ">" ? figure > part.value : figure < part.value);
  }
  return String(row[FIELD_OF[part.field] ?? part.field] ?? "")
    .toLowerCase()
    .includes(part.value);
}

/** Rows that match the box and the chips. Chips of one group are alternatives. */
export function filter(rows, { text = "", statuses = [], types = [] }) {
  // A family is all that its first session started, directly or not.
  const isOf = (key) => (row) => wordOf(row.key).toLowerCase() === key;
  const parts = parse(text).map((part) =>
    part.field === "family" ? { ...part, ids: members(rows, isOf(part.value)) } : part,
  );
  return rows.filter(
    (row) =>
      (statuses.length === 0 || statuses.includes(row.status)) &&
      (types.length === 0 || types.includes(row.sessionType)) &&
      parts.every((part) => matchesPart(row, part)),
  );
}
