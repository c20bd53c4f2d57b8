import { expect, test } from "vitest";
import { readRunLink, toRunLink } from "@/lib/client/run-links";

const RUN = "20261123-192455-k3f9q2";
const read = (address: string) => readRunLink(new URL(address).searchParams);

test("a link leads back to its run, part or line", () => {
  for (const place of [{ run: RUN }, { run: RUN, line: 12 }, { run: RUN, part: "slappart0/web site?" }])
    expect(read(toRunLink("https://ide.test", place))).toEqual(place);
  expect(toRunLink("https://ide.test", { run: RUN, line: 3, part: "a" })).toBe(`https://ide.test/?run=${RUN}&line=3`);
});

test("what is no link is none, and a line that cannot be is left out", () => {
  expect(read("https://ide.test/?run=../../etc")).toBeUndefined();
  expect(read("https://ide.test/?line=3")).toBeUndefined();
  for (const line of ["0", "-1", "1.5", "x", ""])
    expect(read(`https://ide.test/?run=${RUN}&line=${line}`)).toEqual({ run: RUN });
});
