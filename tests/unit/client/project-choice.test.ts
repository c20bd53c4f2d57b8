import { expect, it } from "vitest";
import {
  forgetOtherProjects,
  keepChosenProject,
  readChosenProject,
  toProjectStorage,
} from "@/lib/client/project-choice";

function createStorage(entries: Readonly<Record<string, string>> = {}): Storage {
  const kept = new Map(Object.entries(entries));
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

const keysOf = (storage: Storage): string[] => Array.from({ length: storage.length }, (_, at) => storage.key(at)!);

it("keeps what is written before the project is known under its name", () => {
  const storage = createStorage();
  const own = toProjectStorage(storage, undefined);
  own.setItem("webrunner.editors", "tabs");
  expect(own.getItem("webrunner.editors")).toBe("tabs");
  expect(keysOf(storage)).toEqual([]);
  expect(own.belongTo("slapos")).toBe(true);
  own.setItem("webrunner.repository", "inner");
  expect(keysOf(storage)).toEqual(["webrunner.editors@slapos", "webrunner.repository@slapos"]);
  expect(own.getItem("webrunner.editors")).toBe("tabs");
});

it("does not go over tabs that were kept for the project before", () => {
  const storage = createStorage({ "webrunner.editors@slapos": "tabs" });
  const own = toProjectStorage(storage, undefined);
  own.setItem("webrunner.editors", "none");
  expect(own.belongTo("slapos")).toBe(false);
  expect(storage.getItem("webrunner.editors@slapos")).toBe("tabs");
  expect(toProjectStorage(storage, "gone").belongTo("slapos")).toBe(false);
  expect(toProjectStorage(storage, "slapos").belongTo("slapos")).toBe(true);
});

it("forgets tabs and places of projects that are no more, and nothing else", () => {
  const storage = createStorage({
    "webrunner.settings": "dark",
    "webrunner.editors@gone": "tabs",
    "webrunner.repository@gone": "inner",
    "webrunner.editors@slapos": "tabs",
    "else@gone": "not ours",
  });
  forgetOtherProjects(storage, ["slapos"]);
  expect(keysOf(storage)).toEqual(["webrunner.settings", "webrunner.editors@slapos", "else@gone"]);
});

it("takes no broken choice, and lives without storage", () => {
  expect(readChosenProject(createStorage({ "webrunner.project": "../etc" }))).toBeUndefined();
  const full = createStorage();
  full.setItem = () => {
    throw new Error("full");
  };
  keepChosenProject(full, "slapos");
  expect(readChosenProject(full)).toBeUndefined();
});
