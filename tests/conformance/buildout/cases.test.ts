/**
 * Small cases whose expectations the real zc.buildout made; see data/README.md.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { annotationText, type EngineFacts, ProfileAnalysis, parseAssignment } from "@/lib/buildout";
import { createProfileFiles } from "@/server/platform/profile-files";
import { type Annotation, compareAnnotations, readAnnotation } from "./annotation-comparison";

const DATA = fileURLToPath(new URL("data", import.meta.url));
const facts = JSON.parse(readFileSync(join(DATA, "facts.json"), "utf8")) as EngineFacts;

interface Case {
  readonly id: string;
  readonly title: string;
  readonly top: string;
  readonly args?: readonly string[];
  readonly user_defaults?: string;
}

for (const dialect of ["upstream", "slapos"] as const)
  describe(`as buildout (${dialect}) does`, () => {
    for (const id of readdirSync(join(DATA, "cases"))) {
      const folder = join(DATA, "cases", id);
      const expectation = join(folder, `expected.${dialect}.json`);
      if (!existsSync(expectation)) continue;
      const {
        title,
        top,
        args = [],
        user_defaults,
      } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
      test(`${id}: ${title}`, () => {
        const root = join(folder, "files");
        const analysis = new ProfileAnalysis({
          source: createProfileFiles(),
          dialect,
          facts,
          ...(user_defaults !== undefined && { userDefaults: join(root, user_defaults) }),
        });
        const resolution = analysis.resolve(
          join(root, top),
          args.map((argument) => parseAssignment(argument)!),
        );
        const expected = JSON.parse(readFileSync(expectation, "utf8")) as Annotation;
        expect(compareAnnotations(expected, readAnnotation(annotationText(resolution), root))).toEqual([]);
        for (const { path, range } of resolution.diagnostics) {
          const profile = analysis.profile(path);
          if (!("problem" in profile)) expect(range.end).toBeLessThanOrEqual(profile.syntax.text.length);
        }
      });
    }
  });
