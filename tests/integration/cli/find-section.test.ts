import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../tidy/source-files";

const find = (...words: string[]) =>
  spawnSync(process.execPath, [join(projectRoot, "dist/webrunner.js"), "find", ...words], {
    cwd: join(projectRoot, "server/engine/sample"),
    encoding: "utf8",
  });

describe("finding a section from the shell", () => {
  it("A3.3: lists every file that opens the section, the one that defines it first (A3.2)", () => {
    const { status, stdout } = find("section", "greeter");
    expect(stdout).toBe("component/greeter/buildout.cfg:6\nsoftware/hello-web/software.cfg:16 (adds to it)\n");
    expect(status).toBe(0);
  });

  it("gives the same as one document", () => {
    expect(JSON.parse(find("section", "greeter", "--json").stdout)).toEqual({
      section: "greeter",
      places: [
        { path: "component/greeter/buildout.cfg", line: 6, defines: true },
        { path: "software/hello-web/software.cfg", line: 16, defines: false },
      ],
    });
  });

  it("exits 1 when there is none, 4 when it is not understood", () => {
    expect(find("section", "nowhere").status).toBe(1);
    expect(find("greeter").status).toBe(4);
    expect(find("section", "a", ".", "more").status).toBe(4);
  });
});
