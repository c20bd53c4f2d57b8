/**
 * Whom an account trusts at the other end: certificates of own authorities for https origins, and keys of ssh hosts.
 *
 * Promises: a host's key is written down only when a person said so of that very key; another key of a known host is
 * refused until the old one is taken away.
 */
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";
import { getAllowedUrl } from "./remotes";
import { toFingerprint } from "./ssh-keys";

export interface TrustedCertificate {
  readonly origin: string;
  readonly subject: string;
  readonly validTo: string;
  readonly fingerprint: string;
}

export interface HostKey {
  /** As `known_hosts` names it: `host`, or `[host]:port`. */
  readonly host: string;
  readonly type: string;
  /** base64 */
  readonly key: string;
  readonly fingerprint: string;
}

export interface TrustStore {
  list(account: string): Promise<{ certificates: TrustedCertificate[]; hosts: HostKey[] }>;
  saveCertificate(account: string, url: string, pem: string): Promise<TrustedCertificate[]>;
  /** `git/host-changed` when another key of that type is known, unless `replace`. */
  saveHost(account: string, key: Omit<HostKey, "fingerprint">, replace: boolean): Promise<HostKey>;
  remove(account: string, what: { readonly origin?: string; readonly host?: string }): Promise<void>;
  /** For a transport: PEM of the origin, lines for `known_hosts`. */
  certificatesOf(account: string, origin: string): Promise<string | undefined>;
  knownHosts(account: string): Promise<string>;
}

interface Stored {
  readonly certificates: readonly { readonly account: string; readonly origin: string; readonly pem: string }[];
  readonly hosts: readonly ({ readonly account: string } & Omit<HostKey, "fingerprint">)[];
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const HOST = /^(?:[A-Za-z0-9.-]+|\[[A-Za-z0-9.:-]+\]:\d{1,5})$/;
const KEY_TYPE = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+)$/;

export function toHostKey(host: string, type: string, key: string): HostKey | undefined {
  if (!HOST.test(host) || !KEY_TYPE.test(type) || !/^[A-Za-z0-9+/]{20,4000}={0,2}$/.test(key)) return undefined;
  return { host, type, key, fingerprint: toFingerprint(Buffer.from(key, "base64")) };
}

export function createTrustStore(files: Files, directory: string): TrustStore {
  const path = join(directory, "git-trust.json");
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work, work);
    queue = result.catch(() => {
      // Its caller hears of it; the next one is not to.
    });
    return result;
  };
  const read = async (): Promise<Stored> => {
    const bytes = await files.find(path);
    const stored = bytes ? (JSON.parse(bytes.toString("utf8")) as Partial<Stored>) : {};
    return { certificates: stored.certificates ?? [], hosts: stored.hosts ?? [] };
  };
  const write = async (stored: Stored): Promise<void> => {
    await files.ensureDirectory(directory);
    await files.replace(path, `${JSON.stringify(stored, undefined, 2)}\n`, { mode: 0o600 });
  };

  return {
    list: (account) =>
      inOrder(async () => {
        const { certificates, hosts } = await read();
        return {
          certificates: certificates
            .filter((each) => each.account === account)
            .flatMap(({ origin, pem }) => describeCertificates(origin, pem)),
          hosts: hosts
            .filter((each) => each.account === account)
            .flatMap(({ host, type, key }) => toHostKey(host, type, key) ?? []),
        };
      }),

    saveCertificate: (account, url, pem) =>
      inOrder(async () => {
        const { origin, protocol } = getAllowedUrl(url);
        if (protocol !== "https")
          throw new WebrunnerError("git/invalid", { message: "Certificates are of https remotes." });
        const described = describeCertificates(origin, pem);
        if (described.length === 0) {
          throw new WebrunnerError("git/invalid", {
            message: "There is no certificate in this text.",
            hint: "Paste the PEM form: -----BEGIN CERTIFICATE----- and so on.",
          });
        }
        const stored = await read();
        const others = stored.certificates.filter((each) => each.account !== account || each.origin !== origin);
        const kept = (pem.match(PEM) ?? []).join("\n");
        await write({ ...stored, certificates: [...others, { account, origin, pem: `${kept}\n` }] });
        return described;
      }),

    saveHost: (account, { host, type, key }, replace) =>
      inOrder(async () => {
        const made = toHostKey(host, type, key);
        if (!made) throw new WebrunnerError("git/invalid", { message: "This is not the key of an ssh host." });
        const stored = await read();
        const isSame = (each: Stored["hosts"][number]): boolean => each.account === account && each.host === host;
        if (!replace && stored.hosts.some((each) => isSame(each) && each.key !== key)) {
          throw new WebrunnerError("git/host-changed", {
            message: `Another key of ${host} is known.`,
            hint: "Ask who runs the host whether its key was changed. If so, replace the known one.",
          });
        }
        const others = stored.hosts.filter((each) => !isSame(each));
        await write({ ...stored, hosts: [...others, { account, host, type, key }] });
        return made;
      }),

    remove: (account, { origin, host }) =>
      inOrder(async () => {
        const { certificates, hosts } = await read();
        await write({
          certificates: certificates.filter((each) => each.account !== account || each.origin !== origin),
          hosts: hosts.filter((each) => each.account !== account || each.host !== host),
        });
      }),

    certificatesOf: (account, origin) =>
      inOrder(async () => {
        const mine = (await read()).certificates.filter((each) => each.account === account && each.origin === origin);
        return mine.length === 0 ? undefined : mine.map(({ pem }) => pem).join("");
      }),

    knownHosts: (account) =>
      inOrder(async () =>
        (await read()).hosts
          .filter((each) => each.account === account)
          .map(({ host, type, key }) => `${host} ${type} ${key}\n`)
          .join(""),
      ),
  };
}

/** Those that can be read; the others are left out. */
function describeCertificates(origin: string, pem: string): TrustedCertificate[] {
  return (pem.match(PEM) ?? []).flatMap((text) => {
    try {
      const { subject, validTo, fingerprint256 } = new X509Certificate(text);
      const date = new Date(validTo);
      return [
        {
          origin,
          subject: subject.replaceAll("\n", ", "),
          validTo: Number.isNaN(date.getTime()) ? validTo : date.toISOString(),
          fingerprint: fingerprint256,
        },
      ];
    } catch {
      // Not a certificate, whatever its first line says.
      return [];
    }
  });
}
