"use client";
import { useEffect, useState } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";

/** The profiles that a file can be overridden in: the releases that extend it, the one that is run first. */
export function useReleasesOf(path: string): readonly string[] | undefined {
  const app = useApp();
  const language = useValue(app.language);
  const { releases } = useValue(app.project.state);
  const [tops, setTops] = useState<readonly string[]>();
  useEffect(() => {
    let gone = false;
    setTops(undefined);
    void language?.askProfile("buildout/tops", path, {}).then((found) => !gone && setTops(found ?? []));
    return () => {
      gone = true;
    };
  }, [language, path]);
  if (tops === undefined) return undefined;
  const known = new Set(releases.map(({ profile }) => profile));
  if (known.has(path)) return [path, ...tops.filter((top) => top !== path && !isSandboxOf(top, path))];
  const picked = app.runControl.findRelease()?.profile;
  // A sandbox is a place of its release, not a release to override.
  const plain = [...new Set(tops.map((top) => (isSandbox(top) ? toSandboxed(top) : top)))].filter(
    (top) => top !== path,
  );
  const rank = (top: string): number =>
    top === picked || top === toSandboxed(picked ?? "") ? 0 : known.has(top) ? 1 : 2;
  return [...plain.sort((a, b) => rank(a) - rank(b)), path];
}

export function isSandbox(path: string): boolean {
  return path.endsWith(".sandbox.cfg");
}

/** The release that a sandbox extends; any other profile is its own. */
export function toSandboxed(path: string): string {
  return path.replace(/\.sandbox\.cfg$/, ".cfg");
}

export function toSandbox(path: string): string {
  return isSandbox(path) ? path : path.replace(/\.cfg$/, ".sandbox.cfg");
}

function isSandboxOf(top: string, path: string): boolean {
  return isSandbox(top) && toSandboxed(top) === path;
}
