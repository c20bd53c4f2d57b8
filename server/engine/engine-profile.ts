/** From what a request names to a profile that an engine can work with, or a clear refusal before anything starts. */
import { posix } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import { findConfinedPath } from "@/server/platform/confined-path";
import type { EngineProfile } from "./engine";

/** Buildout cuts `extends` at spaces, and writes paths into scripts whose first line must be plain. */
const WORKABLE = /^[A-Za-z0-9/._+@=,~-]+$/;

export async function ensureEngineProfile(
  project: string,
  tree: ConfinedFiles,
  profile: string,
): Promise<EngineProfile> {
  const path = findConfinedPath(profile);
  if (path === undefined || path === "") throw createMissing(profile);
  if (!WORKABLE.test(path)) {
    throw new WebrunnerError("run/refused", {
      message: `Buildout cannot work with the path ${path}: it has a space or a character outside plain ASCII.`,
      hint: "Rename the file or its folder to letters, digits, dots, dashes and underscores.",
    });
  }
  const entry = await tree.findEntry(path);
  if (entry?.kind === "directory") {
    throw new WebrunnerError("run/refused", {
      message: `${path} is a folder.`,
      hint: `Name the profile in it: ${posix.join(path, "software.cfg")}`,
    });
  }
  if (!entry) throw createMissing(path);
  return { project, path, absolute: `${tree.root}/${path}`, workspaceRoot: tree.root };
}

function createMissing(profile: string): WebrunnerError {
  return new WebrunnerError("run/refused", {
    message: `There is no profile ${profile || "(none was named)"}.`,
    hint: "Save the file first, or name one that is there.",
  });
}
