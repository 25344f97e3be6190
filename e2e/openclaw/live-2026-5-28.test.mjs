// The newest OpenClaw that keeps its sessions in text files.
import { testLiveOpenClaw } from "./live.mjs";

testLiveOpenClaw("2026.5.28", { archives: false });
