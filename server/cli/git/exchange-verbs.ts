/** `webrunner git …` where another repository takes part: remotes, logins, the fork, fetch, pull, push, clone. */
import { WebrunnerError } from "@/lib/base/errors";
import { toTable, UsageError, type Verb, type VerbInput, type VerbOption } from "../noun";
import { readStandardInput } from "../standard-input";
import { follow, say, verb } from "./git-verb";

/** A secret never comes from the command line: others could read it there. */
async function readSecret(input: VerbInput): Promise<string | undefined> {
  const fromEnvironment = process.env.WEBRUNNER_GIT_PASSWORD;
  if (fromEnvironment) return fromEnvironment;
  if (!input.flag("password-stdin")) return undefined;
  return (await readStandardInput()).toString("utf8").replace(/\r?\n$/, "");
}

export const LOGIN: Readonly<Record<string, VerbOption>> = {
  user: { type: "string", value: "NAME", summary: "user name at the remote" },
  bearer: { type: "boolean", summary: "show the token alone (Authorization: Bearer)" },
  "password-stdin": { type: "boolean", summary: "read the token or password from standard input" },
};

const toScheme = (input: VerbInput): "basic" | "bearer" => (input.flag("bearer") ? "bearer" : "basic");

/** The options of `LOGIN`, as the routes take them. */
export async function readLogin(input: VerbInput): Promise<{
  user: string | undefined;
  password: string | undefined;
  scheme: "basic" | "bearer";
}> {
  return { user: input.text("user"), password: await readSecret(input), scheme: toScheme(input) };
}

export const exchangeVerbs: Readonly<Record<string, Verb>> = {
  remote: verb({
    words: ["[NAME]", "[URL]"],
    summary: "lists remotes, adds or changes one, renames (--rename) or forgets it (--delete)",
    options: {
      delete: { type: "boolean", summary: "forget NAME" },
      rename: { type: "string", value: "NEW", summary: "another name for NAME" },
    },
    async run(input, address) {
      const { api, positionals, flag } = input;
      const [name, url] = positionals;
      if (name === undefined) {
        const reply = await api.listGitRemotes(address);
        return say(
          input,
          toTable(reply.remotes.map((remote) => [remote.name, remote.url, remote.refused ?? ""])),
          reply,
        );
      }
      const query = { ...address.query, name };
      const newName = input.text("rename");
      if (newName !== undefined) {
        const remote = await api.renameGitRemote({ ...address, query, body: { name: newName } });
        return say(input, "", remote);
      }
      if (flag("delete")) await api.removeGitRemote({ ...address, query });
      else if (url === undefined) throw new UsageError("URL is missing");
      else await api.saveGitRemote({ ...address, query, body: { url } });
      return say(input, "");
    },
  }),
  login: verb({
    words: ["[URL]"],
    summary:
      "keeps the login of a remote, sealed; secrets come from standard input or WEBRUNNER_GIT_PASSWORD; lists logins",
    options: { ...LOGIN, delete: { type: "boolean", summary: "forget it" } },
    async run(input, { params }) {
      const [url] = input.positionals;
      if (url === undefined) {
        const reply = await input.api.listGitLogins({ params });
        const rows = reply.logins.map(({ url: address, user, scheme, savedAt }) => [
          address,
          scheme === "bearer" ? "bearer token" : user,
          savedAt,
        ]);
        return say(input, toTable(rows), reply);
      }
      if (input.flag("delete")) await input.api.removeGitLogin({ params, query: { url } });
      else {
        const [user, password] = [input.text("user"), await readSecret(input)];
        const scheme = toScheme(input);
        if (password === undefined || (user === undefined && scheme === "basic"))
          throw new UsageError("--user and --password-stdin are needed");
        await input.api.saveGitLogin({ params, body: { url, user, password, scheme } });
      }
      return say(input, "");
    },
  }),
  "ssh-key": {
    words: ["[ACTION]"],
    summary: "the public half of your ssh key; create makes one, replace another one, remove gives it up",
    async run(input) {
      const params = { project: await input.getProject() };
      const [action = "show"] = input.positionals;
      if (action === "remove") {
        await input.api.removeGitSshKey({ params });
        return say(input, "");
      }
      if (action !== "show" && action !== "create" && action !== "replace")
        throw new UsageError("ACTION is show, create, replace or remove");
      const key =
        action === "show"
          ? (await input.api.readGitSshKey({ params })).key
          : await input.api.createGitSshKey({ params, body: { replace: action === "replace" } });
      if (!key)
        throw new WebrunnerError("git/not-found", {
          message: "There is no key yet.",
          hint: "Make one: webrunner git ssh-key create",
        });
      return say(input, `${key.publicKey}\n`, key);
    },
  },
  trust: {
    words: ["[WHAT]", "[VALUE…]"],
    summary:
      "ssh hosts and certificates that you trust; host HOST TYPE KEY and certificate URL (PEM on standard input) add one",
    options: {
      delete: { type: "boolean", summary: "trust VALUE (a host, or an origin) no longer" },
      replace: { type: "boolean", summary: "in place of the host's known key" },
    },
    async run(input) {
      const { api, positionals, flag } = input;
      const params = { project: await input.getProject() };
      const [what, value, type, key] = positionals;
      if (what !== undefined && what !== "host" && what !== "certificate")
        throw new UsageError("WHAT is host or certificate");
      if (what !== undefined && value === undefined) throw new UsageError("VALUE is missing");
      if (what !== undefined && flag("delete")) {
        const query = what === "host" ? { host: value } : { origin: value };
        await api.removeGitTrust({ params, query });
      } else if (what === "host") {
        if (type === undefined || key === undefined) throw new UsageError("host needs HOST, TYPE and KEY");
        await api.saveGitHost({ params, body: { host: value!, type, key, replace: flag("replace") } });
      } else if (what === "certificate") {
        const pem = (await readStandardInput()).toString("utf8");
        await api.saveGitCertificate({ params, body: { url: value!, pem } });
      }
      const reply = await api.readGitTrust({ params });
      const rows = [
        ...reply.hosts.map((each) => ["host", each.host, each.type, each.fingerprint]),
        ...reply.certificates.map((each) => ["certificate", each.origin, each.subject, each.validTo]),
      ];
      return say(input, toTable(rows), reply);
    },
  },
  fork: verb({
    words: ["URL"],
    summary: "connects a personal fork: a test push that changes nothing, then remote and login are kept",
    options: { ...LOGIN, name: { type: "string", value: "REMOTE", summary: "name of the remote (default: fork)" } },
    async run(input, address) {
      const body = {
        url: input.positionals[0]!,
        user: input.text("user"),
        password: await readSecret(input),
        scheme: toScheme(input),
        name: input.text("name"),
      };
      const remote = await input.api.connectGitFork({ ...address, body });
      return say(input, `${remote.name}: you may push to ${remote.url}\n`, remote);
    },
  }),
  fetch: verb({
    words: ["[REMOTE]"],
    summary: "fetches a remote (default: what the branch follows, else origin, else all)",
    options: { unshallow: { type: "boolean", summary: "the history that a shallow clone left out" } },
    run: async (input, address) =>
      follow(
        input,
        address.params.project,
        await input.api.fetchGit({
          ...address,
          body: { remote: input.positionals[0], unshallow: input.flag("unshallow") },
        }),
      ),
  }),
  pull: verb({
    words: ["[REMOTE]", "[BRANCH]"],
    summary: "fetches, then fast-forwards, or merges (--merge), or rebases (--rebase)",
    options: { merge: { type: "boolean", summary: "merge" }, rebase: { type: "boolean", summary: "rebase" } },
    run: async (input, address) => {
      const [remote, branch] = input.positionals;
      const mode = input.flag("rebase") ? "rebase" : input.flag("merge") ? "merge" : "fast-forward";
      return follow(
        input,
        address.params.project,
        await input.api.pullGit({ ...address, body: { mode, remote, branch } }),
      );
    },
  }),
  push: verb({
    words: ["[REMOTE]", "[BRANCH]"],
    summary:
      "pushes the branch (default: to what it follows, the fork, or the only remote); a refused push changes nothing",
    options: {
      "set-upstream": { type: "boolean", summary: "follow that remote branch from now on" },
      "force-with-lease": { type: "boolean", summary: "overwrite it if it is what was last fetched" },
      tag: { type: "string", value: "NAME", summary: "push this tag too" },
    },
    run: async (input, address) => {
      const { positionals, flag, text } = input;
      const [remote, branch] = positionals;
      const tag = text("tag");
      const body = {
        remote,
        branch,
        setUpstream: flag("set-upstream"),
        forceWithLease: flag("force-with-lease"),
        ...(tag !== undefined && { tags: [tag] }),
      };
      return follow(input, address.params.project, await input.api.pushGit({ ...address, body }));
    },
  }),
  tasks: {
    words: ["[TASK]"],
    summary: "clones, fetches, pulls and pushes of the project, newest first; follows TASK, or cancels it (--cancel)",
    options: { cancel: { type: "boolean", summary: "end TASK; nothing half-done stays" } },
    async run(input) {
      const { api, flag } = input;
      const project = await input.getProject();
      const [task] = input.positionals;
      if (task !== undefined) {
        const params = { project, task };
        const now = flag("cancel") ? await api.cancelGitTask({ params }) : await api.readGitTask({ params, query: {} });
        return follow(input, project, now);
      }
      const reply = await api.listGitTasks({ params: { project } });
      const rows = reply.tasks.map(({ id, kind, state, repository, startedAt, error }) => [
        id,
        kind,
        state,
        repository || ".",
        startedAt,
        error?.message ?? "",
      ]);
      return say(input, toTable(rows), reply);
    },
  },
  clone: {
    words: ["URL", "[FOLDER]"],
    summary: "clones into a new folder of the workspace",
    options: {
      ...LOGIN,
      branch: { type: "string", value: "NAME", summary: "check this branch out" },
      depth: { type: "string", value: "N", summary: "only the last N commits" },
    },
    async run(input) {
      const [url, folder] = input.positionals;
      const project = await input.getProject();
      const path =
        folder ??
        url!
          .replace(/\/+$/, "")
          .replace(/\.git$/, "")
          .split(/[/:]/)
          .at(-1) ??
        "";
      const depth = input.text("depth");
      const body = {
        url: url!,
        path,
        branch: input.text("branch"),
        user: input.text("user"),
        password: await readSecret(input),
        scheme: toScheme(input),
        ...(depth !== undefined && { depth: Number(depth) }),
      };
      return follow(input, project, await input.api.cloneGitRepository({ params: { project }, body }));
    },
  },
};
