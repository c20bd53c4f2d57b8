/** Ways back: from a discard, and from any move of HEAD or of a branch. */
import { UsageError } from "../noun";
import { say, verb } from "./git-verb";

const STATES = ["file", "executable", "link", "absent"] as const;

export const restoreVerb = verb({
  words: ["STATE", "ID", "PATH"],
  summary: "takes a discard back, with the words that discard printed",
  async run(input, address) {
    const [state, id, path] = input.positionals;
    const before = STATES.find((each) => each === state);
    if (!before) throw new UsageError(`STATE is ${STATES.join(", ")}`);
    if (before !== "absent" && !/^[0-9a-f]{40}$/.test(id!)) throw new UsageError("ID has 40 hexadecimal digits");
    const file = { path: path!, before, ...(before !== "absent" && { id: id! }) };
    await input.api.restoreGit({ ...address, body: { files: [file] } });
    return say(input, "");
  },
});

export const reflogVerb = verb({
  words: ["[BRANCH]"],
  summary: "where HEAD or a branch was before; `reset` to one of these undoes what came after",
  options: { limit: { type: "string", value: "N", summary: "how many (default 30)" } },
  async run(input, address) {
    const [name] = input.positionals;
    const limit = Number(input.text("limit") ?? 30);
    const reply = await input.api.readGitReflog({ ...address, query: { ...address.query, name, limit } });
    const rows = reply.moves.map(
      ({ position, after, at, message }) =>
        `${after.slice(0, 12)} ${name ?? "HEAD"}@{${position}} ${at.slice(0, 16)} ${message}\n`,
    );
    return say(input, rows.join(""), reply);
  },
});
