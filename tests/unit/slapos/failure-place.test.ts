import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProfileAnalysis } from "@/lib/buildout";
import { reportFailures } from "@/lib/logs/failure/report-failures";
import { findFailurePlace } from "@/lib/slapos/failure-place";

function analyse(files: Readonly<Record<string, string>>): ProfileAnalysis {
  return new ProfileAnalysis({
    dialect: "slapos",
    source: {
      read: (path) => files[path] ?? { problem: "missing", message: `There is no file ${path}.` },
      exists: (path) => path in files,
    },
  });
}

/** `file:line:column text`, one-based, as a person reads it. */
function locate(files: Readonly<Record<string, string>>, main: string, log: string): string | undefined {
  const analysis = analyse(files);
  const place = findFailurePlace(reportFailures(log)[0], analysis, main);
  if (!place) return undefined;
  const text = files[place.path]!;
  const before = text.slice(0, place.range.start);
  const line = before.split("\n").length;
  const column = place.range.start - before.lastIndexOf("\n");
  return `${place.path.split("/").at(-1)}:${line}:${column} ${text.slice(place.range.start, place.range.end)}`;
}

const fixtures = new URL("../../fixtures/failures/", import.meta.url);

function checkRecorded(name: string, expected: string | undefined): void {
  it(`finds the guilty text of the recorded failure ${name}`, () => {
    const path = `/srv/engine/fail/${name}/software.cfg`;
    const text = readFileSync(new URL(`profiles/${name}/software.cfg`, fixtures), "utf8");
    const log = readFileSync(new URL(`fail-${name}.log`, fixtures), "utf8");
    expect(locate({ [path]: text }, path, log)).toBe(expected);
  });
}

function check(title: string, fixture: string, log: string, expected: string | undefined): void {
  it(title, () => {
    const files: Record<string, string> = {};
    for (const part of fixture.split(/^#- /m).slice(1)) {
      const [name, ...lines] = part.split("\n");
      files[name!] = lines.join("\n");
    }
    expect(locate(files, Object.keys(files)[0]!, log)).toBe(expected);
  });
}

describe("the place of recorded failures", () => {
  checkRecorded("bad-md5", "software.cfg:7:1 md5sum = 00000000000000000000000000000000");
  checkRecorded("circular", "software.cfg:5:10 ${b:x}");
  checkRecorded(
    "failing-recipe",
    "software.cfg:14:3 subprocess.check_call(['sh', '-c', 'echo \"cc: error: foo.c\" >&2; exit 3'])",
  );
  checkRecorded("missing-egg", "software.cfg:8:1 waitress = 99.99");
  checkRecorded("missing-extends", "software.cfg:2:11 nothere.cfg");
  checkRecorded("missing-option", "software.cfg:6:10 ${buildout:nooption}");
  checkRecorded("missing-part", "software.cfg:2:9 a");
  checkRecorded("missing-section", "software.cfg:6:10 ${nowhere:dir}");
  checkRecorded("noinstance", undefined);
  checkRecorded("syntax", "software.cfg:3:1 this line is no option");
  checkRecorded("syntax2", "software.cfg:5:1 recipe zc.recipe.egg");
  checkRecorded("unknown-entry", "software.cfg:5:1 recipe = slapos.cookbook:nosuchentry");
  checkRecorded("unreachable-download", "software.cfg:6:7 http://127.0.0.1:1/foo.tar.gz");
  checkRecorded("unreachable-extends", "software.cfg:2:11 http://127.0.0.1:1/stack/slapos.cfg");
});

describe("the place in other files", () => {
  check(
    "is in the file that wrote the reference, not in the one that was run",
    "#- /s/software.cfg\n[buildout]\nextends = ../c/php.cfg\nparts = php\n#- /c/php.cfg\n[php]\nrecipe = x\nconfigure-options =\n  --a\n  --with-gmp=${gmp:location}\n",
    "While:\n  Installing.\n  Getting section php.\n  Getting option php:configure-options.\n  Getting section gmp.\nError: The referenced section, 'gmp', was not defined.",
    "php.cfg:5:14 ${gmp:location}",
  );
  check(
    "is the option that configure complains of",
    "#- /s/software.cfg\n[buildout]\nparts = php\n[php]\nrecipe = x\nconfigure-options =\n  --with-foo\n  --with-gmp=/x\n",
    "Installing php.\nconfigure: error: --with-gmp was given, but test for gmp failed\nWhile:\n  Installing php.\nError: System error",
    "software.cfg:7:3 --with-gmp",
  );
  check(
    "is the part of a compiler's error",
    "#- /s/software.cfg\n[buildout]\nparts = php\n[php]\nrecipe = x\n",
    "Installing php.\nfoo.c:1:2: error: bad\nWhile:\n  Installing php.\nError: System error",
    "software.cfg:3:2 php",
  );
  check(
    "is the pin that excludes what is required",
    "#- /s/software.cfg\n[buildout]\nparts = a\nextends = v.cfg\n[a]\nrecipe = x\n#- /s/v.cfg\n[versions]\nsix = 1.10.0\n",
    "While:\n  Installing a.\nError: The requirement ('six>=1.16') is not allowed by your [versions] constraint (1.10.0)",
    "v.cfg:2:1 six = 1.10.0",
  );
  check(
    "is the extends line that closes a loop",
    "#- /s/software.cfg\n[buildout]\nextends = a.cfg\n#- /s/a.cfg\n[buildout]\nextends = software.cfg\n",
    "While:\n  Initializing.\nError: Recursive file include ['/s/software.cfg', '/s/a.cfg'] /s/software.cfg",
    "a.cfg:2:11 software.cfg",
  );
  check(
    "is the part that makes a promise",
    "#- /i/instance.cfg\n[buildout]\nparts = page plug\n[directory]\nrecipe = slapos.cookbook:mkdirectory\npromise = ${buildout:directory}/etc/promise\nplugin = ${buildout:directory}/etc/plugin\n[page]\nrecipe = slapos.cookbook:wrapper\nwrapper-path = ${directory:promise}/page-answers\n[plug]\nrecipe = slapos.cookbook:promise.plugin\noutput = ${directory:plugin}/page-loads.py\n",
    "slapos[1] ERROR Promise 'page-answers' failed with output: no answer",
    "instance.cfg:7:2 page",
  );
});
