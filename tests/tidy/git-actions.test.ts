/** Every action of git has a button or command that a browser test presses, and a word of the command line. */
import { describe, expect, it } from "vitest";
import { gitRoutes } from "@/lib/protocol/git-routes";
import { newProjectRoutes } from "@/lib/protocol/new-project-routes";
import { projectRemovalRoutes } from "@/lib/protocol/project-removal";
import { readSourceFiles } from "./source-files";

const textOf = (files: RegExp): string =>
  readSourceFiles(files)
    .map(({ text }) => text)
    .join("\n");
/** As they read, patterns too. */
const browserTests = textOf(/^tests\/e2e\/.*\.ts$/).replace(/\\/g, "");
const page = textOf(/^(components|lib\/client)\/.*\.tsx?$/);
const commandLine = textOf(/^server\/cli\/.*\.ts$/);
const bare = (title: string): string => title.replace(/…$/, "");

/** `Git: Push`, of the palette. */
function listCommands(): string[] {
  const source = textOf(/^components\/source-control\/(git|remote|project)-commands\.ts$/);
  const objects = source.matchAll(/id: "(git|project)\.[A-Za-z]+",[^}]*?title: "([^"]+)"/g);
  const pairs = source.matchAll(/\["(git)\.[A-Za-z]+", "([^"]+)", /g);
  return [...objects, ...pairs].flatMap(([, noun, title]) =>
    title!.startsWith("git.") ? [] : [`${noun === "git" ? "Git" : "Project"}: ${bare(title!)}`],
  );
}

/** Entries of menus and lists, as far as they are the same everywhere. */
function listMenuEntries(): string[] {
  const source = textOf(/^components\/source-control\/(?!(git|remote|project)-commands).*\.tsx?$/);
  const entries = source.matchAll(
    /title: (?:"([^"]+)"|`([^`]+)`|[^,\n]*\? "([^"]+)" : "([^"]+)"),(?:(?!actions)[^}])*?run: /g,
  );
  return [...entries].flatMap(([, text, template, one, other]) =>
    [text, template, one, other].flatMap((title) => (title === undefined ? [] : [bare(title.split("${")[0]!).trim()])),
  );
}

describe("actions of git", () => {
  it("has a browser test that runs each command by its name", () => {
    const commands = listCommands();
    expect(commands.length).toBeGreaterThan(50);
    const named = [...browserTests.matchAll(/["`]((?:Git|Project): [^"`]+)["`]/g)].map(([, name]) => bare(name!));
    const isNamed = (command: string): boolean =>
      named.some((name) => name === command || commands.filter((each) => each.startsWith(name)).join() === command);
    expect(commands.filter((command) => !isNamed(command))).toEqual([]);
  });

  it("has a browser test that presses each entry of its menus", () => {
    const entries = listMenuEntries();
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.filter((entry) => entry !== "" && !browserTests.includes(entry))).toEqual([]);
  });

  it("is on the command line and in the page, each route of it", () => {
    const names = Object.keys({ ...gitRoutes, ...newProjectRoutes, ...projectRemovalRoutes });
    const calls = (source: string) => names.filter((name) => !new RegExp(`\\bapi\\.${name}\\b`).test(source));
    expect({ commandLine: calls(commandLine), page: calls(page) }).toEqual({ commandLine: [], page: [] });
  });
});
