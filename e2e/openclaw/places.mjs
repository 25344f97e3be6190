// Where the programs under test and their scratch folders are: below one folder that may be deleted at any time.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { NODE } from "./versions.mjs";

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

export const target = () => path.resolve(process.env.FACTORY_E2E_TARGET ?? path.join(project, "target/e2e"));
export const compileCache = () => path.join(target(), "compile-cache");
export const scratch = () => path.join(target(), "scratch");
export const nodeFolder = () => path.join(target(), `node-${NODE}`);
export const nodePath = () => path.join(nodeFolder(), "node_modules/node/bin/node");
export const openclawFolder = (version) => path.join(target(), `openclaw-${version}`);
export const openclawPath = (version) => path.join(openclawFolder(version), "node_modules/openclaw/openclaw.mjs");
