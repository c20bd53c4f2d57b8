import { describe, expect, it } from "vitest";
import type { EngineStatus } from "@/lib/protocol";
import { createEngineEnvironment } from "@/server/engine/engine-environment";
import type { runLineProgram } from "@/server/platform/line-program";
import { createMemoryFiles } from "@/server/platform/memory-files";

const STAMP = JSON.stringify({ python: "3.11.2", versions: { "zc.buildout": "6.0.1" } });

function open(
  provision: { lines: readonly object[]; code: number; stderr?: string },
  find = { code: 0, stderr: "" },
  buildout?: { requirements: readonly string[]; findLinks: readonly string[] },
) {
  const told: EngineStatus[] = [];
  const commands: string[][] = [];
  const run: typeof runLineProgram = async (argv, { onLine }) => {
    commands.push([...argv]);
    if (argv[1]!.endsWith("find_python.py")) {
      if (find.code === 0) onLine("/usr/bin/python3.11");
      return find;
    }
    for (const line of provision.lines) onLine(JSON.stringify(line));
    onLine("not for us");
    return { code: provision.code, stderr: provision.stderr ?? "" };
  };
  const environment = createEngineEnvironment({
    files: createMemoryFiles({ "/engine/stamp.json": STAMP }),
    engineDirectory: "/engine",
    sources: "/sources",
    buildUser: "builder",
    buildout,
    onChanged: (status) => told.push(status),
    run,
  });
  return { environment, told, commands };
}

describe("the engine's environment", () => {
  it("tells its progress and is ready with its versions", async () => {
    const { environment, told, commands } = open({
      lines: [
        { step: "venv", message: "Making", fraction: 0.1 },
        { step: "packages", message: "Installing 57 packages", fraction: 0.5 },
      ],
      code: 0,
    });
    expect(() => environment.ensureReady()).toThrow(expect.objectContaining({ code: "engine/not-ready" }));
    await environment.provision();
    expect(told.map(({ fraction }) => fraction)).toEqual([0, 0.1, 0.5, 1]);
    expect(environment.status).toMatchObject({
      phase: "ready",
      versions: { "zc.buildout": "6.0.1", python: "3.11.2" },
    });
    expect(() => environment.ensureReady()).not.toThrow();
    expect(commands[1]).toEqual([
      "/usr/bin/python3.11",
      "/sources/provision.py",
      "--engine",
      "/engine",
      "--user",
      "builder",
    ]);
  });

  it("is made with the zc.buildout that the user names", async () => {
    const other = { requirements: ["zc.buildout==3.0.1+mine", "setuptools<66"], findLinks: ["/packages"] };
    const { environment, commands } = open({ lines: [], code: 0 }, undefined, other);
    await environment.provision();
    expect(commands[1]!.slice(6)).toEqual([
      "--buildout-requirement",
      "zc.buildout==3.0.1+mine",
      "--buildout-requirement",
      "setuptools<66",
      "--find-links",
      "/packages",
    ]);
  });

  it("fails with the line that names the mend, and can be tried again", async () => {
    const { environment } = open({
      lines: [{ step: "failed", message: "The package index cannot be reached", fraction: 0.3, code: 23 }],
      code: 23,
    });
    await environment.provision();
    expect(environment.status).toMatchObject({
      phase: "failed",
      message: "The package index cannot be reached",
      hint: expect.stringContaining("network"),
    });
    expect(() => environment.ensureReady()).toThrow("cannot be reached");
    expect((await environment.provision()).phase).toBe("failed");
  });

  it("says so when there is no Python", async () => {
    const { environment } = open({ lines: [], code: 0 }, { code: 1, stderr: "No usable Python was found." });
    await environment.provision();
    expect(environment.status).toMatchObject({ phase: "failed", message: "No usable Python was found." });
  });

  it("makes one attempt at a time", async () => {
    const { environment, commands } = open({ lines: [], code: 0 });
    await Promise.all([environment.provision(), environment.provision(), environment.provision()]);
    expect(commands).toHaveLength(2);
  });
});
