import { homedir, userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { createCommands } from "@/server/platform/command";
import { childEnvironment, ensureRunIdentity, type RunIdentity, toSpawnOwner } from "@/server/platform/run-identity";
import { StartError } from "@/server/platform/start-error";

const builder: RunIdentity = { uid: 1234, gid: 1235, name: "builder", home: "/data/home", switched: true };

describe("whom builds run as", () => {
  it("get an environment that is an allow-list (AC11)", () => {
    const inherited = {
      PATH: "/usr/bin",
      LANG: "C.UTF-8",
      https_proxy: "http://proxy:3128",
      WEBRUNNER_TOKEN: "secret",
      WEBRUNNER_PASSWORD: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      NODE_OPTIONS: "--require=/x.js",
      LD_PRELOAD: "/x.so",
      PYTHONPATH: "/x",
      HOME: "/home/of/the/server",
    };
    expect(childEnvironment(builder, { EXTRA: "1" }, inherited)).toEqual({
      PATH: "/usr/bin",
      LANG: "C.UTF-8",
      https_proxy: "http://proxy:3128",
      HOME: "/data/home",
      USER: "builder",
      LOGNAME: "builder",
      EXTRA: "1",
    });
  });

  it("are another user only when the server is root", async () => {
    expect(toSpawnOwner(builder)).toEqual({ uid: 1234, gid: 1235 });
    expect(toSpawnOwner({ ...builder, switched: false })).toEqual({});
    const identity = await ensureRunIdentity({ home: "/data/home" });
    if (process.getuid?.() === 0) {
      expect(identity).toMatchObject({ name: "webrunner", switched: true, home: "/data/home" });
      const { stdout } = await createCommands(identity).run("id", ["--user"], { directory: "/" });
      expect(Number(stdout)).toBe(identity.uid);
      expect(identity.uid).not.toBe(0);
    } else {
      expect(identity).toMatchObject({ name: userInfo().username, switched: false, home: homedir() });
    }
  });

  it("must exist, must be a name, and must not be root", async () => {
    for (const userName of ["nobody-of-that-name", "--help", "a b"]) {
      await expect(ensureRunIdentity({ userName, home: "/x" })).rejects.toThrow(StartError);
    }
    if (process.getuid?.() === 0) {
      await expect(ensureRunIdentity({ userName: "root", home: "/x" })).rejects.toThrow("must not be root");
    }
  });
});
