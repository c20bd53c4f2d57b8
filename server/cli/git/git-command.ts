/** `webrunner git …`: each action of the Source Control view. */
import { formatPorcelain, type StatusEntry } from "@/lib/git/status-model";
import type { GitDiff } from "@/lib/protocol/git";
import type { CommandModule } from "../commands";
import { createNoun, EXIT, toTable, UsageError, type Verb, type VerbOption } from "../noun";
import { exchangeVerbs } from "./exchange-verbs";
import { follow, say, tellOutcome, verb } from "./git-verb";
import { reflogVerb, restoreVerb } from "./undo-verbs";

function formatDiff(diff: GitDiff): string {
  if (diff.binary) return `Binary file ${diff.path} differs\n`;
  if (diff.hunks.length === 0) return "";
  const marks = { context: " ", removed: "-", added: "+" } as const;
  const hunks = diff.hunks.map(
    (hunk) =>
      `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines
        .map(
          (line) =>
            `${marks[line.kind]}${line.text}${line.text.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`,
        )
        .join("")}`,
  );
  return `--- ${diff.oldId === undefined ? "/dev/null" : `a/${diff.path}`}\n+++ ${diff.newId === undefined ? "/dev/null" : `b/${diff.path}`}\n${hunks.join("")}`;
}

/** `3`, `2-5,9` */
function parseLines(text: string | undefined): number[] {
  if (text === undefined) return [];
  return text.split(",").flatMap((part) => {
    const match = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part.trim());
    if (!match) throw new UsageError(`${part} is no line or range of lines`);
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  });
}

const LINES: Readonly<Record<string, VerbOption>> = {
  removed: { type: "string", value: "LINES", summary: "only these removed lines, by old number: 3,7-9" },
  added: { type: "string", value: "LINES", summary: "only these added lines, by new number: 3,7-9" },
};

function selectionVerb(name: "stage" | "unstage" | "discard", summary: string): Verb {
  const ends = name === "unstage" ? { from: "head", to: "index" } : { from: "index", to: "worktree" };
  return verb({
    words: ["PATH…"],
    summary,
    options: LINES,
    async run(input, address) {
      const { api, positionals, text } = input;
      const call = async (request: Parameters<typeof api.stageGit>[0]): Promise<undefined> => {
        if (name !== "discard") await { stage: api.stageGit, unstage: api.unstageGit }[name](request);
        else {
          const reply = await api.discardGit(request);
          const backs = reply.discarded.map(
            ({ path, before, id }) => `discarded ${path}; back: webrunner git restore ${before} ${id ?? "-"} ${path}\n`,
          );
          return say(input, backs.join(""), reply);
        }
        return say(input, "");
      };
      if (positionals.length === 0) throw new UsageError("PATH is missing ('.' is everything)");
      if (text("removed") === undefined && text("added") === undefined) {
        return call({ ...address, body: { paths: positionals.map((path) => (path === "." ? "" : path)) } });
      }
      if (positionals.length > 1) throw new UsageError("lines are of one file");
      const path = positionals[0]!;
      const diff = await api.readGitDiff({ ...address, query: { ...address.query, path, ...ends } });
      const body = {
        path,
        oldId: diff.oldId,
        newId: diff.newId,
        oldLines: parseLines(text("removed")),
        newLines: parseLines(text("added")),
      };
      return call({ ...address, body });
    },
  });
}

const noun = createNoun({
  name: "git",
  verbs: {
    status: verb({
      summary: "branch and changes, as git status --porcelain --branch prints them",
      async run(input, address) {
        const status = await input.api.readGitStatus(address);
        const tracking = status.upstream === undefined ? "" : `...${status.upstream}`;
        const counts = [status.ahead ? `ahead ${status.ahead}` : "", status.behind ? `behind ${status.behind}` : ""]
          .filter(Boolean)
          .join(", ");
        const head = `## ${status.branch ?? "HEAD (no branch)"}${tracking}${counts === "" ? "" : ` [${counts}]`}\n`;
        const ongoing = status.ongoing ? `## ${status.ongoing.kind} going on\n` : "";
        return say(input, head + ongoing + formatPorcelain(status.entries as StatusEntry[]), status);
      },
    }),
    stage: selectionVerb("stage", "stages files, folders or lines; marks conflicts as resolved"),
    unstage: selectionVerb("unstage", "takes them out of the next commit"),
    discard: selectionVerb("discard", "gives changes up; what was there is kept in the local history"),
    restore: restoreVerb,
    reflog: reflogVerb,
    diff: verb({
      words: ["PATH"],
      summary: "one file: index to work tree; --staged HEAD to index; --from and --to for any two states",
      options: {
        staged: { type: "boolean", summary: "HEAD to index" },
        from: { type: "string", value: "REV", summary: "revision, head, index or worktree" },
        to: { type: "string", value: "REV", summary: "the same" },
      },
      async run(input, address) {
        const staged = input.flag("staged");
        const from = input.text("from") ?? (staged ? "head" : "index");
        const to = input.text("to") ?? (staged ? "index" : "worktree");
        const diff = await input.api.readGitDiff({
          ...address,
          query: { ...address.query, path: input.positionals[0]!, from, to },
        });
        return say(input, formatDiff(diff), diff);
      },
    }),
    show: verb({
      words: ["REV", "[PATH]"],
      summary: "a commit and its files, or a file as it was",
      async run(input, address) {
        const [revision, path] = input.positionals;
        if (path !== undefined) {
          const file = await input.api.readGitFile({ ...address, query: { ...address.query, path, at: revision! } });
          return say(input, file.text, file);
        }
        const reply = await input.api.readGitCommit({ ...address, query: { ...address.query, revision: revision! } });
        const { commit, changes } = reply;
        const files = changes.map(({ kind, path: name }) => `${kind[0]!.toUpperCase()}  ${name}\n`).join("");
        return say(
          input,
          `commit ${commit.id}\nAuthor: ${commit.author.name} <${commit.author.email}>\nDate:   ${commit.author.at}\n\n${commit.message.replace(/^/gm, "    ").trimEnd()}\n\n${files}`,
          reply,
        );
      },
    }),
    commit: verb({
      summary: "commits what is staged",
      options: {
        message: { type: "string", value: "TEXT", summary: "the message" },
        amend: { type: "boolean", summary: "replace the last commit" },
        signoff: { type: "boolean", summary: "add Signed-off-by" },
        push: { type: "string", value: "REMOTE", summary: "then push the branch there" },
      },
      async run(input, address) {
        const { api, text, flag } = input;
        const message =
          text("message") ??
          (flag("amend")
            ? (await api.readGitCommit({ ...address, query: { ...address.query, revision: "HEAD" } })).commit.message
            : undefined);
        if (message === undefined) throw new UsageError("--message is missing");
        const commit = await api.commitGit({
          ...address,
          body: { message, amend: flag("amend"), signOff: flag("signoff") },
        });
        const remote = text("push");
        if (remote === undefined) return say(input, `${commit.id.slice(0, 12)} ${commit.subject}\n`, commit);
        process.stderr.write(`${commit.id.slice(0, 12)} ${commit.subject}\n`);
        return follow(input, address.params.project, await api.pushGit({ ...address, body: { remote } }));
      },
    }),
    log: verb({
      words: ["[REV]"],
      summary: "commits, newest first; of one file with --path",
      options: {
        path: { type: "string", value: "PATH", summary: "only commits that changed it, through renames" },
        limit: { type: "string", value: "N", summary: "how many (default 30)" },
        all: { type: "boolean", summary: "of all branches and tags" },
        text: { type: "string", value: "TEXT", summary: "only with this in message, author or id" },
      },
      async run(input, address) {
        const { text, flag, positionals } = input;
        const query = {
          ...address.query,
          from: positionals[0],
          path: text("path"),
          text: text("text"),
          limit: Number(text("limit") ?? 30),
          ...(flag("all") && { all: "true" as const }),
        };
        const reply = await input.api.readGitLog({ ...address, query });
        const lines = reply.commits.map(({ id, author, subject, refs }) => {
          const names =
            refs.length === 0
              ? ""
              : ` (${refs.map((name) => name.replace(/^refs\/(heads|remotes|tags)\//, "")).join(", ")})`;
          return `${id.slice(0, 12)} ${author.at.slice(0, 10)} ${author.name}${names}: ${subject}\n`;
        });
        return say(input, lines.join(""), reply);
      },
    }),
    blame: verb({
      words: ["PATH"],
      summary: "who last changed each line",
      options: { from: { type: "string", value: "REV", summary: "as of this revision (default HEAD)" } },
      async run(input, address) {
        const path = input.positionals[0]!;
        const from = input.text("from") ?? "HEAD";
        const reply = await input.api.readGitBlame({ ...address, query: { ...address.query, path, from } });
        const file = await input.api.readGitFile({ ...address, query: { ...address.query, path, at: from } });
        const texts = file.text.split("\n");
        const byId = new Map(reply.commits.map((commit) => [commit.id, commit]));
        const rows = reply.lines.map(({ line, commit }) => [
          commit.slice(0, 10),
          byId.get(commit)?.author.name ?? "",
          byId.get(commit)?.author.at.slice(0, 10) ?? "",
          String(line),
          texts[line - 1] ?? "",
        ]);
        return say(input, toTable(rows), reply);
      },
    }),
    compare: verb({
      words: ["FROM", "TO"],
      summary: "files that differ between two revisions",
      async run(input, address) {
        const [from, to] = input.positionals;
        const reply = await input.api.compareGit({ ...address, query: { ...address.query, from: from!, to: to! } });
        return say(
          input,
          reply.changes.map(({ kind, path }) => `${kind[0]!.toUpperCase()}  ${path}\n`).join(""),
          reply,
        );
      },
    }),
    branch: verb({
      words: ["[NAME]", "[FROM]"],
      summary: "lists branches, makes one, renames (--rename) or deletes it (--delete)",
      options: {
        delete: { type: "boolean", summary: "delete NAME" },
        force: { type: "boolean", summary: "delete it though its commits are nowhere else" },
        rename: { type: "string", value: "NEW", summary: "rename NAME" },
        follow: { type: "string", value: "REMOTE/BRANCH", summary: "the remote branch that NAME follows" },
        unfollow: { type: "boolean", summary: "NAME follows no remote branch any more" },
      },
      async run(input, address) {
        const { api, positionals, flag, text } = input;
        const [name, from] = positionals;
        if (name === undefined) {
          const reply = await api.listGitBranches(address);
          const rows = reply.branches.map((each) => [
            each.current ? "*" : "",
            each.name,
            each.id.slice(0, 12),
            each.upstream ?? "",
            each.subject,
          ]);
          return say(input, toTable(rows), reply);
        }
        const query = { ...address.query, name };
        const [newName, followed] = [text("rename"), text("follow")];
        if (flag("delete")) {
          const reply = await api.removeGitBranch({
            ...address,
            query: { ...query, ...(flag("force") && { force: "true" as const }) },
          });
          return say(input, `deleted ${name} (was ${reply.id.slice(0, 12)})\n`, reply);
        }
        if (newName !== undefined) await api.changeGitBranch({ ...address, query, body: { name: newName } });
        else if (flag("unfollow")) await api.changeGitBranch({ ...address, query, body: { upstream: null } });
        else if (followed !== undefined) {
          const slash = followed.indexOf("/");
          if (slash < 1) throw new UsageError("--follow takes REMOTE/BRANCH");
          await api.changeGitBranch({
            ...address,
            query,
            body: { upstream: { remote: followed.slice(0, slash), branch: followed.slice(slash + 1) } },
          });
        } else await api.createGitBranch({ ...address, body: { name, from } });
        return say(input, "");
      },
    }),
    switch: verb({
      words: ["TARGET"],
      summary: "to a branch, or detached to a commit",
      options: { create: { type: "boolean", summary: "make the branch first" } },
      async run(input, address) {
        const target = input.positionals[0]!;
        if (input.flag("create")) await input.api.createGitBranch({ ...address, body: { name: target } });
        const reply = await input.api.switchGit({ ...address, body: { target } });
        return say(
          input,
          reply.branch === undefined
            ? `HEAD is detached at ${reply.head?.slice(0, 12)}: commits made here belong to no branch\n`
            : `on ${reply.branch}\n`,
          reply,
        );
      },
    }),
    reset: verb({
      words: ["TARGET"],
      summary: "moves the branch; prints the way back",
      options: {
        soft: { type: "boolean", summary: "keep index and files" },
        hard: { type: "boolean", summary: "index and files too; changes are kept in the local history" },
      },
      async run(input, address) {
        const mode = input.flag("hard") ? "hard" : input.flag("soft") ? "soft" : "mixed";
        const reply = await input.api.resetGit({ ...address, body: { target: input.positionals[0]!, mode } });
        return say(
          input,
          `now at ${reply.after.slice(0, 12)}; back: webrunner git reset ${reply.before ?? ""}\n`,
          reply,
        );
      },
    }),
    merge: verb({
      words: ["TARGET"],
      summary: "merges a revision into the branch",
      options: { "ff-only": { type: "boolean", summary: "only when nothing of our own is in the way" } },
      run: async (input, address) =>
        tellOutcome(
          input,
          await input.api.mergeGit({
            ...address,
            body: { target: input.positionals[0]!, ...(input.flag("ff-only") && { fastForward: "only" as const }) },
          }),
        ),
    }),
    rebase: verb({
      words: ["TARGET"],
      summary: "puts our commits on top of a revision",
      run: async (input, address) =>
        tellOutcome(input, await input.api.rebaseGit({ ...address, body: { target: input.positionals[0]! } })),
    }),
    "cherry-pick": verb({
      words: ["REV"],
      summary: "takes one commit over",
      run: async (input, address) =>
        tellOutcome(
          input,
          await input.api.pickGit({ ...address, body: { target: input.positionals[0]!, kind: "cherry-pick" } }),
        ),
    }),
    revert: verb({
      words: ["REV"],
      summary: "takes one commit back",
      run: async (input, address) =>
        tellOutcome(
          input,
          await input.api.pickGit({ ...address, body: { target: input.positionals[0]!, kind: "revert" } }),
        ),
    }),
    resolve: verb({
      words: ["PATH", "SIDE"],
      summary: "resolves a conflict with one side: ours or theirs",
      async run(input, address) {
        const [path, side] = input.positionals;
        if (side !== "ours" && side !== "theirs") throw new UsageError("SIDE is ours or theirs");
        await input.api.takeGitSide({ ...address, body: { path: path!, side } });
        return say(input, "");
      },
    }),
    conflict: verb({
      words: ["PATH"],
      summary: "one side of a conflict: --ours, --theirs or --base; --restart writes both between markers again",
      options: {
        ours: { type: "boolean", summary: "the branch's own text (default)" },
        theirs: { type: "boolean", summary: "the text that is being taken in" },
        base: { type: "boolean", summary: "what both came from" },
        restart: { type: "boolean", summary: "begin anew with both sides between markers" },
      },
      async run(input, address) {
        const path = input.positionals[0]!;
        if (input.flag("restart")) {
          await input.api.takeGitSide({ ...address, body: { path, side: "markers" } });
          return say(input, "");
        }
        const conflict = await input.api.readGitConflict({ ...address, query: { ...address.query, path } });
        const side = input.flag("theirs") ? "theirs" : input.flag("base") ? "base" : "ours";
        return say(input, conflict[side]?.text ?? "", conflict);
      },
    }),
    rehash: verb({
      words: ["[PATH…]"],
      summary: "resolves conflicts over md5sum values (buildout.hash.cfg) by computing them from the files",
      async run(input, address) {
        const paths = input.positionals.length > 0 ? [...input.positionals] : undefined;
        const reply = await input.api.resolveGitHashes({ ...address, body: { paths } });
        const text = [
          ...reply.resolved.map((path) => `resolved: ${path}\n`),
          ...reply.left.map(({ path, reason }) => `left: ${path}: ${reason}\n`),
        ].join("");
        input.print(reply, text === "" ? "No conflict is over md5sum values.\n" : text);
        return reply.left.length > 0 ? EXIT.conflict : undefined;
      },
    }),
    continue: verb({
      summary: "goes on after conflicts were resolved",
      options: { message: { type: "string", value: "TEXT", summary: "another message" } },
      run: async (input, address) =>
        tellOutcome(input, await input.api.continueGit({ ...address, body: { message: input.text("message") } })),
    }),
    abort: verb({
      summary: "back to before the merge, pick or rebase",
      async run(input, address) {
        await input.api.abortGit(address);
        return say(input, "");
      },
    }),
    stash: verb({
      words: ["[ACTION]", "[POSITION]"],
      summary: "lists stashes; show, save, apply, pop or drop one",
      options: {
        message: { type: "string", value: "TEXT", summary: "what it is" },
        untracked: { type: "boolean", summary: "untracked files too" },
      },
      async run(input, address) {
        const { api, positionals, text, flag } = input;
        const [action = "list", at = "0"] = positionals;
        const position = Number(at);
        if (!/^\d{1,6}$/.test(at)) throw new UsageError(`${at} is no position`);
        if (action === "list") {
          const reply = await api.listGitStashes(address);
          return say(
            input,
            reply.stashes.map((each) => `${each.position}  ${each.at.slice(0, 16)}  ${each.message}\n`).join(""),
            reply,
          );
        }
        if (action === "save") {
          const reply = await api.saveGitStash({
            ...address,
            body: { message: text("message"), includeUntracked: flag("untracked") },
          });
          return say(input, `${reply.message}\n`, reply);
        }
        if (action === "show") {
          const revision = `stash@{${position}}`;
          const reply = await api.readGitCommit({ ...address, query: { ...address.query, revision } });
          const files = reply.changes.map(({ kind, path }) => `${kind[0]!.toUpperCase()}  ${path}\n`).join("");
          return say(input, `${reply.commit.subject}\n${files}`, reply);
        }
        if (action === "drop") {
          await api.dropGitStash({ ...address, query: { ...address.query, position } });
          return say(input, "");
        }
        if (action !== "apply" && action !== "pop")
          throw new UsageError("ACTION is list, show, save, apply, pop or drop");
        return tellOutcome(input, await api.applyGitStash({ ...address, body: { position, drop: action === "pop" } }));
      },
    }),
    tag: verb({
      words: ["[NAME]", "[TARGET]"],
      summary: "lists tags, makes one (annotated with --message), pushes (--push) or deletes it (--delete)",
      options: {
        message: { type: "string", value: "TEXT", summary: "makes it annotated" },
        delete: { type: "boolean", summary: "delete NAME; with --push at that remote" },
        push: { type: "string", value: "REMOTE", summary: "push the tag NAME there" },
      },
      async run(input, address) {
        const { api, positionals, text, flag } = input;
        const [name, target] = positionals;
        if (name === undefined) {
          const reply = await api.listGitTags(address);
          return say(input, reply.tags.map((tag) => `${tag.name}\n`).join(""), reply);
        }
        const remote = text("push");
        if (remote !== undefined) {
          const body = { remote, tags: [name], remove: flag("delete") };
          return follow(input, address.params.project, await api.pushGitTags({ ...address, body }));
        }
        if (flag("delete")) await api.removeGitTag({ ...address, query: { ...address.query, name } });
        else await api.createGitTag({ ...address, body: { name, target, message: text("message") } });
        return say(input, "");
      },
    }),
    ...exchangeVerbs,
    init: {
      words: ["[FOLDER]"],
      summary: "an empty repository",
      async run(input) {
        const params = { project: await input.getProject() };
        const reply = await input.api.createGitRepository({ params, body: { path: input.positionals[0] ?? "" } });
        return say(input, "", reply);
      },
    },
    identity: verb({
      words: ["NAME", "EMAIL"],
      summary: "who commits are by, in this repository",
      async run(input, address) {
        const [name, email] = input.positionals;
        await input.api.replaceGitIdentity({ ...address, body: { name: name!, email: email! } });
        return say(input, "");
      },
    }),
    repositories: {
      summary: "repositories of the workspace",
      async run(input) {
        const reply = await input.api.listGitRepositories({ params: { project: await input.getProject() } });
        return say(input, reply.repositories.map((path) => `${path === "" ? "." : path}\n`).join(""), reply);
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
