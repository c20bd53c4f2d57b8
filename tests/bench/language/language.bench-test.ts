/**
 * The language server against `zc.buildout.languageserver`, over standard input and output, on one tree in one run.
 *
 * `WEBRUNNER_SLAPOS` names a checkout of SlapOS/slapos, `WEBRUNNER_LANGUAGE_PEER` the peer's command. The load comes from
 * the conformance suite's own script; the comparison is printed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const CASES = fileURLToPath(new URL("../../conformance/lsp", import.meta.url));
const SERVER = fileURLToPath(new URL("../../../dist/webrunner.js", import.meta.url));

interface Measured {
  readonly completion: { readonly warm: { readonly p95: number } };
  readonly cold: Record<string, { readonly start_to_first_diagnostics: { readonly min: number } }>;
}

test("answers faster than the peer", { timeout: 900_000 }, () => {
  const { WEBRUNNER_SLAPOS: tree, WEBRUNNER_LANGUAGE_PEER: peer } = process.env;
  if (!tree || !peer)
    throw new Error("Set WEBRUNNER_SLAPOS to a checkout and WEBRUNNER_LANGUAGE_PEER to the peer's command.");
  const output = mkdtempSync(join(tmpdir(), "language-bench-"));
  try {
    const measure = (label: string, server: string): Measured => {
      const report = join(output, `${label}.json`);
      const args = ["perf.py", "--server", server, "--repo", tree, "--label", label, "--pypi-latency", "30"];
      execFileSync("python3", [...args, "--json", report], { cwd: CASES, stdio: "ignore" });
      return JSON.parse(readFileSync(report, "utf8")) as Measured;
    };
    const ours = measure("webrunner", `${process.execPath} ${SERVER} lsp --stdio`);
    const theirs = measure("peer", peer);
    const reports = [join(output, "webrunner.json"), "--", join(output, "peer.json")];
    console.log(execFileSync("python3", ["perf_compare.py", ...reports], { cwd: CASES, encoding: "utf8" }));
    expect(ours.completion.warm.p95).toBeLessThan(theirs.completion.warm.p95);
    for (const [profile, { start_to_first_diagnostics: first }] of Object.entries(ours.cold)) {
      expect(first.min).toBeLessThan(theirs.cold[profile]!.start_to_first_diagnostics.min);
    }
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
});
