/**
 * isomorphic-git as the transport, in a process of its own: used where no native git is installed.
 *
 * It works in the private git directory that `git-transport.ts` made, prints what native git would print (progress to
 * stderr, results to stdout), reads the login from descriptor 3, and ends with 0 or 1.
 */
import fs from "node:fs";
import git from "isomorphic-git";
import http from "isomorphic-git/http/node";

const [, , gitdir, text] = process.argv;
const request = JSON.parse(text);
const login = request.hasLogin ? fs.readFileSync(3, "utf8").split("\n") : undefined;

// The library insists on a configured remote; its tracking references stay in this directory.
fs.appendFileSync(`${gitdir}/config`, '[remote "webrunner"]\n\tfetch = +refs/heads/*:refs/remotes/webrunner/*\n');

const remote = {
  remote: "webrunner",
  fs,
  http,
  gitdir,
  url: request.url,
  // Asked once after a 401; asked again, the login was wrong.
  onAuth: () => {
    if (!login) return { cancel: true };
    return request.scheme === "bearer"
      ? { headers: { Authorization: `Bearer ${login[1]}` } }
      : { username: login[0], password: login[1] };
  },
  onAuthFailure: () => ({ cancel: true }),
  onMessage: (message) => process.stderr.write(`remote: ${message.replace(/\n$/, "")}\n`),
  onProgress: ({ phase, loaded, total }) =>
    process.stderr.write(
      total ? `${phase}:  ${Math.floor((loaded * 100) / total)}% (${loaded}/${total})\r` : `${phase}: ${loaded}\r`,
    ),
};

async function list() {
  const refs = await git.listServerRefs({ ...remote, symrefs: true, protocolVersion: 1 });
  for (const ref of refs) {
    if (ref.target) process.stdout.write(`ref: ${ref.target}\t${ref.ref}\n`);
    process.stdout.write(`${ref.oid}\t${ref.ref}\n`);
  }
}

async function fetchAll() {
  const refs = await git.listServerRefs({ ...remote, protocolVersion: 1 });
  const store = (name, oid) => {
    fs.mkdirSync(`${gitdir}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
    fs.writeFileSync(`${gitdir}/${name}`, `${oid}\n`);
  };
  const wanted = request.refspecs.map((refspec) => refspec.replace(/^\+/, "").split(":"));
  for (const ref of refs) {
    for (const [from, to] of wanted) {
      const star = from.indexOf("*");
      const isWanted = star < 0 ? ref.ref === from : ref.ref.startsWith(from.slice(0, star));
      if (!isWanted) continue;
      const short = ref.ref.replace(/^refs\/(heads|tags)\//, "");
      await git.fetch({
        ...remote,
        ref: short,
        remoteRef: ref.ref,
        singleBranch: true,
        tags: request.tags !== false,
        ...(request.depth ? { depth: request.depth } : {}),
        ...(request.unshallow ? { depth: 2147483647 } : {}),
      });
      const target = star < 0 ? to : to.replace("*", ref.ref.slice(star));
      store(target, ref.oid);
    }
  }
  if (request.tags === false) return;
  for (const ref of refs)
    if (ref.ref.startsWith("refs/tags/") && !ref.ref.endsWith("^{}") && (await has(ref.oid))) store(ref.ref, ref.oid);
}

async function has(oid) {
  try {
    await git.readObject({ fs, gitdir, oid, format: "deflated" });
    return true;
  } catch {
    // Not received: a tag on something that was not asked for.
    return false;
  }
}

async function push() {
  const refs = await git.listServerRefs({ ...remote, forPush: true, protocolVersion: 1 });
  let failed = false;
  for (const refspec of request.refspecs) {
    const [from, to] = refspec.replace(/^\+/, "").split(":");
    const current = refs.find((each) => each.ref === to)?.oid;
    const leased = request.lease?.ref === to;
    const line = (mark, summary) => process.stdout.write(`${mark}\t${from}:${to}\t${summary}\n`);
    if (leased && current !== request.lease.id) {
      line("!", "[rejected] (stale info)");
      failed = true;
      continue;
    }
    if (from === "") {
      if (!request.dryRun) await git.push({ ...remote, ref: "HEAD", remoteRef: to, delete: true });
      line("-", "[deleted]");
      continue;
    }
    const known =
      current === undefined ||
      (await git.isDescendent({ fs, gitdir, oid: from, ancestor: current }).catch(() => false)) ||
      current === from;
    if (!known && !leased) {
      line("!", "[rejected] (fetch first)");
      failed = true;
      continue;
    }
    if (!request.dryRun && current !== from) {
      fs.mkdirSync(`${gitdir}/refs/heads`, { recursive: true });
      fs.writeFileSync(`${gitdir}/refs/heads/pushed`, `${from}\n`);
      const result = await git.push({ ...remote, ref: "refs/heads/pushed", remoteRef: to, force: leased });
      const refused = Object.values(result.refs ?? {}).find((each) => !each.ok);
      if (!result.ok || refused) {
        line("!", `[remote rejected] (${refused?.error ?? result.error ?? "refused"})`);
        failed = true;
        continue;
      }
    }
    line(current === undefined ? "*" : current === from ? "=" : " ", current === undefined ? "[new branch]" : "");
  }
  if (failed) process.exitCode = 1;
}

try {
  await (request.kind === "list" ? list() : request.kind === "fetch" ? fetchAll() : push());
} catch (error) {
  const status = error?.data?.statusCode;
  const code =
    error?.code === "UserCanceledError" ? "Authentication failed" : `${error?.code ?? ""} ${error?.message ?? error}`;
  process.stderr.write(`fatal: ${status ? `The requested URL returned error: ${status}` : code}\n`);
  process.exitCode = 1;
}
