import { describe, expect, it } from "vitest";
import { createRunProgressReader, type RunProgress } from "@/lib/logs/run-progress";

const PREFIX = "2026-11-23 10:41:42 slapos[701] INFO ";

function check(text: string, expected: RunProgress): void {
  for (const size of [1, 3, 7, text.length]) {
    const reader = createRunProgressReader();
    for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
    expect(reader.progress).toEqual(expected);
  }
}

describe("progress of a run", () => {
  it("names the part at work and counts the parts", () => {
    check("Installing a.\nsome noise\nUpdating b.\n", {
      part: "b",
      action: "updating",
      partsDone: 2,
      nothingToDo: false,
    });
  });

  it("reads slapgrid's lines with and without the time", () => {
    check(`${PREFIX}Installing hello-web.\nslapos[7] INFO Installing slapos.cookbook.\n`, {
      part: "slapos.cookbook",
      action: "installing",
      partsDone: 2,
      nothingToDo: false,
    });
  });

  it("does not take the place of an error for progress", () => {
    check(`${PREFIX}While:\n${PREFIX}  Installing bad.\n${PREFIX}  Installing.\n`, {
      partsDone: 0,
      nothingToDo: false,
    });
  });

  it("does not take a software release for a part", () => {
    check(`${PREFIX}Installing software release /srv/software.cfg ...\nInstalling.\n`, {
      partsDone: 0,
      nothingToDo: false,
    });
  });

  it("counts a part once, and none for uninstalling", () => {
    check("Uninstalling c.\nInstalling a.\nInstalling a.\n", {
      part: "a",
      action: "installing",
      partsDone: 1,
      nothingToDo: false,
    });
  });

  it("sees through colours", () => {
    check("\u001b[32mInstalling a.\u001b[0m\n", { part: "a", action: "installing", partsDone: 1, nothingToDo: false });
  });

  it("waits for the end of a line", () => {
    check("Installing a.", { partsDone: 0, nothingToDo: false });
  });

  it("hears that there is nothing to do", () => {
    check("webrunner: Nothing to do: the software is complete\n", { partsDone: 0, nothingToDo: true });
  });

  it("goes on after a line of a megabyte", () => {
    const reader = createRunProgressReader();
    for (let i = 0; i < 16; i++) reader.push("x".repeat(65_536));
    reader.push("\nInstalling a.\n");
    expect(reader.progress.part).toBe("a");
  });

  it("tells of downloads until the first part, and of what was asked again", () => {
    const begun = "webrunner: Downloads: looking for 40 files before the run\n";
    const going = "webrunner: Downloads: 12 of 40, 3.2 MB of 41.0 MB\n";
    const again = (reason: string) => `webrunner: Trying again (1 of 3) after ${reason}: http://x.org/a\n`;
    const common = { partsDone: 0, nothingToDo: false };
    check(begun + going, { ...common, downloading: "12 of 40, 3.2 MB of 41.0 MB" });
    check(`${going}webrunner: Downloads: 40 of 40, 41.0 MB, took 3.1 s\n`, {
      ...common,
      downloading: "40 of 40, 41.0 MB",
    });
    check(`${going}Installing a.\n`, { part: "a", action: "installing", partsDone: 1, nothingToDo: false });
    check(again("timed out") + again("503 Service Unavailable"), {
      ...common,
      retries: { count: 2, reason: "503 Service Unavailable" },
    });
  });
});
