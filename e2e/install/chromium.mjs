// The browser: the system's Chromium or Chrome, else Debian's package.
import fs from "node:fs";
import path from "node:path";
import { Missing, installDebian } from "./command.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of the browser, installed first where there is none. */
export function needChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  if (!find()) installDebian("chromium");
  const found = find();
  if (!found) throw new Missing("Chromium was installed but is not found; set CHROMIUM to its path");
  return found;
}

function find() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(path.delimiter)];
  return folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find((file) => fs.existsSync(file));
}
