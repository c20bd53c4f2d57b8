/**
 * The profiles of SlapOS at the commit that data/slapos.json names, by digest.
 *
 * WEBRUNNER_SLAPOS is a checkout of that commit; without it there is nothing to compare, and the test only checks that
 * the digests are there. One analysis serves all profiles, so what they share is tested with them.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { annotationText, type Dialect, type EngineFacts, ProfileAnalysis } from "@/lib/buildout";
import { createProfileFiles } from "@/server/platform/profile-files";
import { annotationDigests, readAnnotation } from "./annotation-comparison";

const DATA = fileURLToPath(new URL("data", import.meta.url));
const facts = JSON.parse(readFileSync(join(DATA, "facts.json"), "utf8")) as EngineFacts;
const { profiles } = JSON.parse(readFileSync(join(DATA, "slapos.json"), "utf8")) as {
  profiles: Record<string, { digests: Record<Dialect, Record<string, string>> }>;
};
const checkout = process.env.WEBRUNNER_SLAPOS;

test("the expectations of 304 profiles are there", () => {
  expect(Object.keys(profiles)).toHaveLength(304);
});

if (checkout !== undefined)
  for (const dialect of ["upstream", "slapos"] as const)
    test(`every profile of SlapOS resolves as buildout (${dialect}) does`, { timeout: 120_000 }, () => {
      const root = resolve(checkout);
      const analysis = new ProfileAnalysis({ source: createProfileFiles(), dialect, facts });
      const differing: string[] = [];
      for (const [path, { digests }] of Object.entries(profiles)) {
        const text = annotationText(analysis.resolve(join(root, path)));
        const actual = annotationDigests(readAnnotation(text, root));
        for (const [part, digest] of Object.entries(digests[dialect]))
          if (actual[part] !== digest) differing.push(`${path} ${part}`);
      }
      expect(differing).toEqual([]);
    });
