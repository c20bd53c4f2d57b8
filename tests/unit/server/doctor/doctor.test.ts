import { describe, expect, it } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import { createDoctor, type DoctorPorts } from "@/server/doctor/doctor";

const GOOD: DoctorPorts = {
  findIdentity: async () => ({ name: "Ada", email: "ada@example.com" }),
  findFork: async () => ({ name: "fork", url: "https://forge.example.com/ada/slapos.git" }),
  testFork: async () => undefined,
  engineStatus: () => ({ phase: "ready", message: "The engine is ready", fraction: 1, versions: {} }),
  probeProxy: async () => "answers",
  proxyEvents: () => [],
  partitions: 10,
  readMachine: async () => ({ freeDiskBytes: 50 * 1024 ** 3, freeMemoryBytes: 4 * 1024 ** 3, processors: 2 }),
  listReleases: async () => [{ profile: "software/a/software.cfg", built: true }],
  provision: () => undefined,
  startProxy: async () => undefined,
  runSoftware: async () => undefined,
  now: () => 0,
};

const red = async (ports: Partial<DoctorPorts>): Promise<string[]> => {
  const { ok, checks } = await createDoctor({ ...GOOD, ...ports }).examine("p", "owner", false);
  const found = checks.filter((check) => !check.ok).map(({ id, detail }) => `${id}: ${detail}`);
  expect(ok).toBe(found.length === 0);
  return found;
};

describe("the first-run checklist", () => {
  it("A1.1: is green when all is there", async () => expect(await red({})).toEqual([]));

  it("tells each thing that is missing", async () => {
    expect(await red({ findIdentity: async () => undefined })).toEqual(["identity: Git does not know who commits."]);
    expect(await red({ findFork: async () => undefined })).toEqual([
      "fork: No fork is connected: commits cannot be pushed.",
    ]);
    expect(await red({ probeProxy: async () => "silent" })).toEqual(["engine: The SlapOS proxy does not answer."]);
    expect(await red({ readMachine: async () => ({ freeDiskBytes: 1, freeMemoryBytes: 4e9, processors: 1 }) })).toEqual(
      [expect.stringContaining("A build needs at least 2 GB of disk.")],
    );
    expect(await red({ listReleases: async () => [] })).toEqual(["built: The workspace has no software.cfg."]);
  });

  it("A1.3: gives the forge's own words, and asks it once a minute", async () => {
    let asked = 0;
    let now = 0;
    const doctor = createDoctor({
      ...GOOD,
      now: () => now,
      async testFork() {
        asked++;
        throw new WebrunnerError("git/authentication-failed", { message: "The token has expired." });
      },
    });
    const detail = async (fresh = false) =>
      (await doctor.examine("p", "owner", fresh)).checks.find(({ id }) => id === "fork")?.detail;
    expect(await detail()).toBe("fork: The token has expired.");
    await detail();
    expect(asked).toBe(1);
    await detail(true);
    now = 60_001;
    await detail();
    expect(asked).toBe(3);
  });

  it("one check that cannot be made does not hide the others", async () => {
    expect(await red({ listReleases: () => Promise.reject(new Error("boom")) })).toEqual([
      "built: It could not be checked.",
    ]);
  });

  it("mends what needs no person, and says of the rest how it is mended", async () => {
    const done: string[] = [];
    const doctor = createDoctor({
      ...GOOD,
      findFork: async () => undefined,
      startProxy: async () => void done.push("proxy"),
      runSoftware: async (_project, profile) => void done.push(profile),
    });
    await doctor.fix("p", "owner", "engine");
    await doctor.fix("p", "owner", "built");
    expect(done).toEqual(["proxy", "software/a/software.cfg"]);
    await expect(doctor.fix("p", "owner", "fork")).rejects.toMatchObject({
      code: "request/invalid",
      data: { hint: "webrunner git fork URL" },
    });
  });
});
