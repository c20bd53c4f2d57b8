/**
 * From a name in `/service/NAME/` to where that service really is.
 *
 * An instance publishes what it likes; so its address counts only when a process of its own partitions listens there.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { InstanceInfo } from "@/lib/protocol";
import { isPortOfGroups, isSocketOfGroups, type ServiceGroup } from "@/server/platform/service-listeners";
import { findServiceUrl } from "./service-address";
import type { ServiceTarget } from "./service-proxy";

/** A page has a hundred loads; who listens is asked of /proc once for them. */
const CHECKED_MS = 3_000;

export interface ServiceFinderOptions {
  readonly listProjects: () => Promise<readonly string[]>;
  readonly findInstance: (project: string, name: string) => Promise<InstanceInfo | undefined>;
  readonly toGroup: (project: string, partition: string) => ServiceGroup;
}

/** `hello`, or `project:hello` where several projects have one. */
export function createServiceFinder(
  options: ServiceFinderOptions,
): (name: string) => Promise<ServiceTarget | undefined> {
  const checked = new Map<string, { readonly at: number; readonly isOwn: Promise<boolean> }>();

  const isOwn = (key: string, url: URL, groups: readonly ServiceGroup[]): Promise<boolean> => {
    const known = checked.get(key);
    if (known && Date.now() - known.at < CHECKED_MS) return known.isOwn;
    const answer = isListenedOn(url, groups);
    checked.set(key, { at: Date.now(), isOwn: answer });
    const forget = (): void => void checked.delete(key);
    answer.then((yes) => yes || forget(), forget);
    return answer;
  };

  return async (name) => {
    const colon = name.indexOf(":");
    const projects = await options.listProjects();
    const [project, instanceName] = colon < 0 ? [undefined, name] : [name.slice(0, colon), name.slice(colon + 1)];
    const asked = project === undefined ? projects : projects.filter((id) => id === project);
    for (const id of asked) {
      const instance = await options.findInstance(id, instanceName);
      const url = instance && findServiceUrl(instance.connection);
      if (!instance || !url) continue;
      const groups = instance.partitions.map((partition) => options.toGroup(id, partition.id));
      if (!(await isOwn(`${id}:${instanceName} ${url.href}`, url, groups))) {
        throw new WebrunnerError("service/unreachable", {
          message: "No process of the instance listens at the address that it publishes.",
          hint: "Look at its processes and their logs.",
        });
      }
      return { key: `${id}:${instanceName}`, url };
    }
    return undefined;
  };
}

async function isListenedOn(url: URL, groups: readonly ServiceGroup[]): Promise<boolean> {
  if (url.protocol === "unix:") return isSocketOfGroups(decodeURIComponent(url.pathname), groups);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = host === "localhost" ? ["127.0.0.1", "::1"] : [host];
  for (const address of addresses) if (await isPortOfGroups(address, port, groups)) return true;
  return false;
}
