/**
 * The black-box language server cases, run by their own harness against the bundled `lsp --stdio`.
 *
 * `peer` and `beyond` always; `real` where `WEBRUNNER_SLAPOS` names a checkout of SlapOS/slapos. No case is expected to
 * fail: `docs/language-service.md` would say which and why.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SERVER = join(HERE, "../../../dist/webrunner.js");
const slapos = process.env.WEBRUNNER_SLAPOS;

interface CaseResult {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
}

async function runTier(tier: string, output: string, ...more: readonly string[]): Promise<CaseResult[]> {
  const args = ["harness.py", "--server", `${process.execPath} ${SERVER} lsp --stdio`, "--cases", "cases/public"];
  const report = join(output, `${tier}.json`);
  // The harness ends with 1 when a case fails; its report says which.
  await promisify(execFile)("python3", [...args, "--tier", tier, "--jobs", "2", "--json", report, ...more], {
    cwd: HERE,
    maxBuffer: 16 << 20,
  }).catch((error: { code?: unknown }) => {
    if (error.code !== 1) throw error;
  });
  return (JSON.parse(await readFile(report, "utf8")) as { results: CaseResult[] }).results;
}

const TIERS: readonly { readonly tier: string; readonly count: number; readonly args: readonly string[] }[] = [
  { tier: "peer", count: 83, args: [] },
  { tier: "beyond", count: 77, args: [] },
  ...(slapos ? [{ tier: "real", count: 25, args: ["--slapos", slapos] }] : []),
];

describe("language server cases", () => {
  let output = "";
  beforeAll(async () => {
    output = await mkdtemp(join(tmpdir(), "lsp-cases-"));
  });
  afterAll(() => rm(output, { recursive: true, force: true }));

  it("finds the bundle that npm test builds", () => {
    expect(existsSync(SERVER)).toBe(true);
  });

  for (const { tier, count, args } of TIERS) {
    it(`passes all ${count} of ${tier}`, { timeout: 400_000 }, async () => {
      const results = await runTier(tier, output, ...args);
      expect(results.filter(({ status }) => status !== "pass")).toEqual([]);
      expect(results).toHaveLength(count);
    });
  }
});
