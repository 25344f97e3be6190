// What is wrong with the sources, in few words and in all that the server says of it.
import { t } from "./i18n.js";
import { fromServer } from "./server-words.js";

const TROUBLE = ["down", "degraded"];

/** The worst status, the words for it, and why; nothing where every source is well. */
export function troubleOf(sources) {
  const troubled = sources.filter(({ status }) => TROUBLE.includes(status));
  if (troubled.length === 0) return null;
  const status = TROUBLE.find((name) => troubled.some((source) => source.status === name));
  const words =
    troubled.length === 1 ? `${troubled[0].kind}: ${t(status)}` : t("sourcesTroubled", { n: troubled.length });
  const why = troubled
    .map(({ installation, kind, detail }) => `${installation} · ${kind}: ${fromServer(detail)}`)
    .join("\n");
  return { status, words, why };
}
