// The OpenClaw with the oldest wire protocol: text files, no tasks, no archives.
import { testLiveOpenClaw } from "./live.mjs";

testLiveOpenClaw("2026.3.13", {
  archives: false,
  summarises: false,
  saysFailed: false,
  runsGo: false,
  namesDeleted: false,
});
