/**
 * `--online`: gets everything that the named profiles extend by URL before the command begins.
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ReadFailure } from "@/lib/buildout";
import { createProfileUrls, fetchExtendedUrls } from "@/server/platform/profile-urls";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession } from "./profile-session";

export async function fetchProfiles(args: ProfileArguments): Promise<ProfileArguments> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const fetched = new Map<string, string | ReadFailure>();
  const urls = createProfileUrls({
    allowedHosts: args.allowedHosts,
    cacheDirectory: join(cache, "webrunner/profiles"),
  });
  const { analysis } = openProfileSession(args);
  const recording = {
    async fetch(url: string): Promise<string | ReadFailure> {
      const text = await urls.fetch(url);
      fetched.set(url, text);
      return text;
    },
  };
  for (const name of args.positional) await fetchExtendedUrls(analysis, resolve(name), recording);
  return { ...args, fetched };
}
