import { expect, it } from "vitest";
import { readGitLines } from "@/lib/client/git-transfer";

it("tells what git said of a failed transfer once, beside what the remote printed", () => {
  const error = { code: "git/remote-failed", message: "", details: ["Not on a Sunday.", "error: unpack failed"] };
  expect(readGitLines({ messages: ["Not on a Sunday."], error })).toEqual(["error: unpack failed"]);
  expect(readGitLines({ messages: ["all well"] })).toEqual([]);
});
