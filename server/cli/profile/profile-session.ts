/**
 * What a `profile` command works with: an analysis over the files of this machine.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { createEngineFacts, type EngineFacts, ProfileAnalysis, type Resolution } from "@/lib/buildout";
import { createProfileFiles } from "@/server/platform/profile-files";
import { type ProfileArguments, UsageError } from "./profile-arguments";

export interface ProfileSession {
  readonly analysis: ProfileAnalysis;
  resolve(profile: string): Resolution;
}

function readFacts(path: string | undefined): EngineFacts {
  if (path === undefined) return createEngineFacts();
  try {
    return JSON.parse(readFileSync(path, "utf8")) as EngineFacts;
  } catch (cause) {
    throw new UsageError(`${path} is not a facts file`, { cause });
  }
}

/** Where buildout would read the user's defaults, if the file is there. */
function findUserDefaults(exists: (path: string) => boolean): string | undefined {
  const directory = process.env.BUILDOUT_HOME ?? join(homedir(), ".buildout");
  const path = resolve(directory, "default.cfg");
  return exists(path) ? path : undefined;
}

export function openProfileSession(args: ProfileArguments): ProfileSession {
  const { fetched } = args;
  const source = createProfileFiles(fetched && { readUrl: (url) => fetched.get(url) });
  const userDefaults = findUserDefaults(source.exists);
  const analysis = new ProfileAnalysis({
    source,
    dialect: args.dialect,
    facts: readFacts(args.facts),
    homeDirectory: homedir(),
    ...(userDefaults === undefined ? {} : { userDefaults }),
  });
  return { analysis, resolve: (profile) => analysis.resolve(resolve(profile), args.assignments) };
}

/** The first argument, which names the profile. */
export function requireProfile({ positional }: ProfileArguments): string {
  const [profile] = positional;
  if (profile === undefined) throw new UsageError("which PROFILE?");
  return profile;
}
