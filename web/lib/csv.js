// The rows shown, as CSV. A cell that a spreadsheet would run as a formula is made text.
const FIELDS = [
  "key",
  "label",
  "sessionType",
  "status",
  "runState",
  "installation",
  "agentId",
  "model",
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "totalTokens",
  "contextTokens",
  "cost",
  "costBasis",
  "updatedAt",
];

export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(rows) {
  const line = (row) =>
    FIELDS.map((field) =>
      cell(field === "updatedAt" && row[field] ? new Date(row[field]).toISOString() : row[field]),
    ).join(",");
  return [FIELDS.join(","), ...rows.map(line)].join("\r\n") + "\r\n";
}

export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
