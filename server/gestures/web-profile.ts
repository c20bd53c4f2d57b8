/**
 * A profile by its address, as a server has it at this moment: a release that is named by a URL, or what one extends.
 * It is only looked at; nothing of it comes into the workspace.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { isUrl } from "@/lib/buildout";
import { locateProfile } from "@/lib/gestures/extends-source";
import type { WebProfile } from "@/lib/protocol";
import { toConfinedPath } from "@/server/platform/confined-path";
import { toSourceInfo } from "./extends-sources";
import { type GestureProject, hostsOf } from "./gesture-maker";
import { toRepositoryFacts } from "./gesture-repository";
import { openGestureTexts, toOuter } from "./gesture-texts";

/** `file/not-found` with the server's words when it cannot be had. */
export async function readWebProfile(
  { directory, web, withRepository }: GestureProject,
  url: string,
): Promise<WebProfile> {
  if (!isUrl(url)) {
    throw new WebrunnerError("request/invalid", {
      message: `${url} is no address of a profile.`,
      hint: "Give one that begins with https:// or http://.",
    });
  }
  const { texts } = openGestureTexts(directory, []);
  const { source, checkout, hosts } = await withRepository(toConfinedPath(""), (repository) => ({
    ...locateProfile(url, repository && toRepositoryFacts(repository, texts)),
    hosts: repository ? hostsOf(repository) : [],
  }));
  await web.fetch([url], hosts, true);
  const problem = web.findProblem(url);
  const found = web.find(url);
  if (problem !== undefined || !found) {
    throw new WebrunnerError("file/not-found", {
      message: problem ?? `${url} gave nothing.`,
      hint: "Look whether the address is that of the file itself, and whether its host is on the public network or one of your remotes.",
    });
  }
  const own = checkout === undefined ? undefined : texts.read(checkout);
  return {
    url,
    text: found.text,
    fetchedAt: found.fetchedAt,
    ...toSourceInfo(source),
    ...(checkout !== undefined && { checkout: toOuter(checkout) }),
    ...(own !== undefined && { differs: own !== found.text }),
  };
}
