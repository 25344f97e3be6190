// What the tests run against: one version of OpenClaw for each layout of its data, on one runtime.

/** The layout of databases, the one of text files before it, and the oldest wire protocol. */
export const VERSIONS = ["2026.9.6", "2026.5.28", "2026.3.13"];

/** The version of the npm package `node` that they run on. */
export const NODE = "24.16.0";
