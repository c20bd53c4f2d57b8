/** IN7: addresses and names that would make git run or read something are refused everywhere, and nothing runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServer, type TestServer } from "../../integration/server-harness";

let server: TestServer;
let canary: string;
beforeAll(async () => {
  server = await createTestServer();
  canary = join(server.dataDirectory, "canary");
});
afterAll(() => server?.close());

const at = (path: string): string => `/projects/sample/git${path}`;
const urls = (): string[] => [
  `--upload-pack=touch ${canary}`,
  `--upload-pack=touch${"${IFS}"}${canary}`,
  `ext::sh -c touch% ${canary}`,
  `EXT::sh`,
  `file://${server.dataDirectory}`,
  server.dataDirectory,
  `../../other`,
  `-oProxyCommand=touch`,
  `ssh://-oProxyCommand=touch/x`,
  `ssh://host/-x`,
  `git@-oProxyCommand=x:y`,
  `fd::17`,
  `https://example.org/x\r\nHost: other`,
  `https://example.org/x%0d%0aHost:%20other`,
  `git://example.org/x`,
  `http://`,
];

it("IN7: refuses hostile URLs for clones, projects, remotes and forks, and runs nothing", async () => {
  for (const url of urls()) {
    const answers = await Promise.all([
      server.api("POST", at("/clone"), { url, path: "hostile" }),
      server.api("POST", "/projects/clone", { url }),
      server.api("PUT", at("/remotes?name=evil"), { url }),
      server.api("POST", at("/fork"), { url }),
    ]);
    expect([url, answers.map(({ status }) => status)]).toEqual([url, [400, 400, 400, 400]]);
  }
  expect((await server.api("GET", at("/remotes"))).body).toEqual({ remotes: [] });
  expect((await server.api("GET", "/projects")).body).toMatchObject({ projects: [{ id: "sample" }] });
  expect(existsSync(canary)).toBe(false);
});

it("IN7: refuses hostile names of branches, tags, remotes and revisions", async () => {
  for (const name of ["-h", "--upload-pack=x", "a\r\nb", "a b", "a..b", "@{u}", "refs/../x", "x.lock", "a\0b", ".x"]) {
    const answers = await Promise.all([
      server.api("POST", at("/branches"), { name }),
      server.api("POST", at("/tags"), { name }),
      server.api("PUT", at(`/remotes?name=${encodeURIComponent(name)}`), { url: "https://example.org/x" }),
      server.api("POST", at("/switch"), { target: name === "@{u}" ? "-h" : name }),
    ]);
    expect([name, answers.filter(({ status }) => status < 400 || status >= 500)]).toEqual([name, []]);
  }
});
