// An OpenClaw that keeps its sessions in databases.
import { testLiveOpenClaw } from "./live.mjs";

testLiveOpenClaw("2026.9.6");
