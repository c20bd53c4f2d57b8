/** A server's run keeper in a process of its own, for a test that kills it. Arguments: the root, and the script. */
import { createShellRuns } from "../integration/runs/shell-runs";

const [root, script] = process.argv.slice(2);
const { keeper, told } = createShellRuns({ root });
console.log("asked");
keeper.start("sample", { kind: "software", profile: script! }).then(() => console.log("queued"));
setInterval(() => {
  if (told.some(({ state }) => state === "running")) console.log("running");
}, 1);
