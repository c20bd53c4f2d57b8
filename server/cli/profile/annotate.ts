/**
 * `profile annotate`: the whole configuration. As JSON, the contract of the conformance cases.
 */
import { annotationText, type Resolution } from "@/lib/buildout";
import { writeJsonText, writeOutput } from "./output";
import { locateDiagnostics, showContributions, showDiagnostic, showValue } from "./presentation";
import type { ProfileArguments } from "./profile-arguments";
import { openProfileSession, requireProfile } from "./profile-session";

export function run(args: ProfileArguments): number {
  const session = openProfileSession(args);
  const resolution = session.resolve(requireProfile(args));
  if (args.flags.has("--json")) {
    writeJsonText(annotationText(resolution), args);
    return 0;
  }
  writeOutput(annotationForPeople(resolution));
  const failures = resolution.diagnostics.filter((diagnostic) => diagnostic.code.startsWith("load/"));
  for (const failure of locateDiagnostics(session.analysis, failures))
    process.stderr.write(`${showDiagnostic(failure)}\n`);
  return failures.length > 0 ? 1 : 0;
}

function annotationForPeople(resolution: Resolution): string {
  const lines: string[] = [];
  for (const name of resolution.sectionNames().sort()) {
    lines.push(`[${name}]`);
    for (const option of resolution.section(name)) {
      lines.push(showValue(option.name, option.value ?? option.raw));
      if (option.problem !== undefined) lines.push(`    ! ${option.problem.message}`);
      lines.push(...showContributions(option.contributions));
    }
    lines.push("");
  }
  return lines.join("\n");
}
