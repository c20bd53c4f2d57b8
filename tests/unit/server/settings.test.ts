import { describe, expect, it } from "vitest";
import { StartError } from "@/server/platform/start-error";
import { isLoopbackHost, readSettings } from "@/server/settings";

const read = (environment: Record<string, string> = {}, uid = 1000) =>
  readSettings({ environment, uid, home: "/home/ann" });
const refusal = (environment: Record<string, string>): string => {
  try {
    read(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return (error as StartError).message;
  }
  return "accepted";
};

describe("settings", () => {
  it("have defaults that only this machine can reach", () => {
    expect(read()).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      dataDirectory: "/home/ann/.local/share/webrunner",
      engineDirectory: "/home/ann/.local/share/webrunner/engine",
      origins: [],
    });
    expect(read({}, 0).dataDirectory).toBe("/var/lib/webrunner");
    expect(read({ XDG_DATA_HOME: "/data" }).dataDirectory).toBe("/data/webrunner");
    expect(read({ XDG_DATA_HOME: "relative" }).dataDirectory).toBe("/home/ann/.local/share/webrunner");
  });

  it("come from the environment", () => {
    const environment = {
      HOST: "[::1]",
      PORT: "0",
      WEBRUNNER_DATA: "/srv/wr",
      WEBRUNNER_ENGINE: "/srv/engine",
      WEBRUNNER_USER: "builder",
      WEBRUNNER_BUILDOUT: "zc.buildout==3.0.1+mine  setuptools<66",
      WEBRUNNER_FIND_LINKS: "/packages",
      WEBRUNNER_ORIGINS: "https://ide.example.org, http://other:8080/",
    };
    expect(read(environment)).toMatchObject({
      buildout: { requirements: ["zc.buildout==3.0.1+mine", "setuptools<66"], findLinks: ["/packages"] },
      host: "::1",
      port: 0,
      dataDirectory: "/srv/wr",
      engineDirectory: "/srv/engine",
      runUser: "builder",
      origins: ["https://ide.example.org", "http://other:8080"],
    });
  });

  it.each([
    [{ PORT: "65536" }, "PORT must be a number"],
    [{ PORT: "3e3" }, "PORT must be a number"],
    [{ HOST: "a b" }, "HOST is not"],
    [{ WEBRUNNER_DATA: "/srv/with space" }, "a space or a character outside plain ASCII"],
    [{ WEBRUNNER_DATA: "/srv/é" }, "Set WEBRUNNER_DATA"],
    [{ WEBRUNNER_ENGINE: "/srv/a b" }, "Set WEBRUNNER_ENGINE"],
    [{ WEBRUNNER_DATA: `/${"d".repeat(57)}` }, "81 characters"],
    [{ WEBRUNNER_TOKEN: "short" }, "WEBRUNNER_TOKEN must be"],
    [{ WEBRUNNER_PASSWORD: "short" }, "at least 10 characters"],
    [{ WEBRUNNER_ORIGINS: "ide.example.org" }, "must list origins"],
    [{ WEBRUNNER_ORIGINS: "https://ide.example.org/path" }, "must list origins"],
  ])("%j is refused by a line that names the mend", (environment, expected) => {
    expect(refusal(environment as Record<string, string>)).toContain(expected);
  });

  it("allow an engine path of exactly 80 characters", () => {
    expect(refusal({ WEBRUNNER_DATA: `/${"d".repeat(56)}` })).toBe("accepted");
  });

  it.each([
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["::1", true],
    ["localhost", true],
    ["0.0.0.0", false],
    ["::", false],
    ["127.0.0.1.example.org", false],
    ["192.168.1.1", false],
  ])("know that %s is of this machine alone: %s", (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });
});
