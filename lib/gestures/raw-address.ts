/**
 * Addresses of single files of a repository on the web, as profiles extend them: GitLab, GitHub, gitweb, cgit.
 *
 * A branch may have slashes in its name, so where it ends and the path begins is only known by which files there are.
 */
export interface RawAddress {
  /** `host/group/name`, in lower case and without `.git`: the same for every address of a repository. */
  readonly repository: string;
  readonly ref: string;
  /** Of the file in the repository. */
  readonly path: string;
}

/** The official repositories of SlapOS, where it is and where it was. */
export const SLAPOS_REPOSITORIES: readonly string[] = [
  "lab.nexedi.com/nexedi/slapos",
  "github.com/slapos/slapos",
  "git.erp5.org/slapos",
];

const FORMS: readonly { readonly pattern: RegExp; read(match: RegExpExecArray): Parts | undefined }[] = [
  {
    // http://git.erp5.org/gitweb/slapos.git/blob_plain/refs/heads/master:/stack/lamp.cfg
    pattern: /^(?:gitweb\/)?(.+?)\.git\/blob_plain\/(.+?):\/*(.+)$/,
    read: ([, name, ref, path]) => ({ name: name!, ref: ref!, path: path! }),
  },
  {
    pattern: /^(.+?)\/(?:-\/|blobs\/)?raw\/(.+)$/,
    read: ([, name, rest]) => ({ name: name!, rest: rest! }),
  },
  {
    // cgit: /slapos.git/plain/stack/lamp.cfg?h=master
    pattern: /^(?:cgit\/)?(.+?)\/plain\/([^?]+)\?(?:.*&)?(?:h|id)=([^&]+)$/,
    read: ([, name, path, ref]) => ({ name: name!, ref: ref!, path: path! }),
  },
];

interface Parts {
  readonly name: string;
  readonly ref?: string;
  readonly path?: string;
  /** Ref and path, not told apart. */
  readonly rest?: string;
}

/** `hasFile` says whether a path is one of the repository's. */
export function parseRawAddress(url: string, hasFile: (path: string) => boolean): RawAddress | undefined {
  const split = /^https?:\/\/([^/?#]+)\/([^#]*)$/i.exec(url);
  if (!split) return undefined;
  const host = split[1]!.toLowerCase().replace(/^.*@/, "");
  const rest = split[2]!;
  if (host === "raw.githubusercontent.com") {
    const github = /^([^/]+\/[^/]+)\/(.+)$/.exec(rest);
    return github ? toAddress("github.com", { name: github[1]!, rest: github[2]! }, hasFile) : undefined;
  }
  const gitweb = readGitweb(rest);
  if (gitweb) return toAddress(host, gitweb, hasFile);
  for (const { pattern, read } of FORMS) {
    const match = pattern.exec(rest);
    const parts = match && read(match);
    if (parts) return toAddress(host, parts, hasFile);
  }
  return undefined;
}

/** `?p=slapos.git;a=blob_plain;f=stack/lamp.cfg;hb=HEAD` */
function readGitweb(rest: string): Parts | undefined {
  const query = /^[^?]*\?(.*)$/.exec(rest)?.[1];
  if (query === undefined || !/(?:^|[;&])a=blob_plain(?:[;&]|$)/.test(query)) return undefined;
  const get = (key: string): string | undefined => new RegExp(`(?:^|[;&])${key}=([^;&]*)`).exec(query)?.[1];
  const [name, path] = [get("p"), get("f")];
  return name && path ? { name, path, ref: get("hb") ?? "HEAD" } : undefined;
}

function toAddress(host: string, parts: Parts, hasFile: (path: string) => boolean): RawAddress | undefined {
  const repository = toRepositoryName(`${host}/${parts.name}`);
  if (parts.rest === undefined) return { repository, ref: withoutPrefix(parts.ref!), path: parts.path! };
  const words = parts.rest.replace(/\?.*$/, "").split("/");
  const least = words[0] === "refs" && words.length > 3 ? 3 : 1;
  const at = (count: number): RawAddress => ({
    repository,
    ref: withoutPrefix(words.slice(0, count).join("/")),
    path: words.slice(count).join("/"),
  });
  for (let count = least; count < words.length; count++) if (hasFile(at(count).path)) return at(count);
  return words.length > least ? at(least) : undefined;
}

function withoutPrefix(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}

/** The name of a repository by any address that git takes for it: `https://host/a/b.git`, `git@host:a/b`. */
export function toRepositoryName(address: string): string {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(?!\d+\/)(.+)$/.exec(address);
  const plain =
    scp && !address.includes("://") ? `${scp[1]}/${scp[2]}` : address.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, "");
  return plain
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .replace(/^([^/]+)\/(?:gitweb|repos)\//, "$1/")
    .toLowerCase();
}

/** Where a file of the repository is read on the web; `address` is any that git takes for the repository. */
export function toRawAddress(address: string, ref: string, path: string): string {
  const scheme = /^http:\/\//i.test(address) ? "http" : "https";
  const named = address.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, "").replace(/^[^@/]+@/, "");
  const scp = /^([^:/]+):(?!\d+\/)(.+)$/.exec(named);
  const name = (scp ? `${scp[1]}/${scp[2]}` : named).replace(/\/+$/, "").replace(/\.git$/, "");
  const github = /^github\.com\/(.+)$/i.exec(name);
  return github
    ? `https://raw.githubusercontent.com/${github[1]}/${ref}/${path}`
    : `${scheme}://${name}/raw/${ref}/${path}`;
}
