import { describe, expect, test } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import { ConnectionLost, createApi } from "@/lib/client/api";

interface Seen {
  url: string;
  init: RequestInit;
}

function setUp(answer: (seen: Seen) => Response | Promise<Response>) {
  const seen: Seen[] = [];
  let signedOut = 0;
  const api = createApi({
    onSignedOut: () => {
      signedOut += 1;
    },
    fetch: async (url, init) => {
      const request = { url: String(url), init: init ?? {} };
      seen.push(request);
      return answer(request);
    },
  });
  return { api, seen, signedOutTimes: () => signedOut };
}

const problem = (status: number, body: object): Response =>
  new Response(JSON.stringify({ status, title: "Refused", retryable: false, ...body }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });

test("parameters and query are filled in and escaped", async () => {
  const { api, seen } = setUp(() => Response.json({ entries: [] }));
  await api.listEntries({ params: { project: "a b" }, query: { path: "dir/ü & x?.cfg" } });
  expect(seen[0]?.url).toBe("/api/v1/projects/a%20b/entries?path=dir%2F%C3%BC+%26+x%3F.cfg");
  expect(seen[0]?.init.method).toBe("GET");
});

test("a body is sent as JSON, bytes as they are", async () => {
  const { api, seen } = setUp(() => Response.json({ path: "a", tag: "t" }));
  await api.replaceFile({ params: { project: "p" }, query: { path: "a" }, body: { text: "x", tag: null } });
  expect(JSON.parse(String(seen[0]?.init.body))).toEqual({ text: "x", tag: null });
  const raw = new Blob(["bytes"]);
  await api.uploadFile({ params: { project: "p" }, query: { path: "a" }, raw });
  expect(seen[1]?.init.body).toBe(raw);
});

test("no content is undefined, raw bytes are the response itself", async () => {
  const { api } = setUp(({ url }) =>
    url.includes("/log") ? new Response("line\n") : new Response(undefined, { status: 204 }),
  );
  expect(await api.signOut()).toBeUndefined();
  expect(await (await api.readLog({ params: { run: "r" }, query: {} })).text()).toBe("line\n");
});

describe("what the server refuses", () => {
  test("is an error with the server's code, words and facts", async () => {
    const { api } = setUp(() => problem(409, { code: "file/conflict", hint: "Merge", data: { current: "theirs" } }));
    const error = await api.readSession().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WebrunnerError);
    expect(error).toMatchObject({
      code: "file/conflict",
      data: { hint: "Merge", current: "theirs", message: "Refused" },
    });
  });

  test("with a code that this page does not know is judged by its status", async () => {
    const { api } = setUp(() => problem(413, { code: "something/new" }));
    await expect(api.readSession()).rejects.toMatchObject({ code: "request/too-large" });
  });

  test("with a page of a proxy is judged by its status", async () => {
    const { api } = setUp(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(api.readSession()).rejects.toMatchObject({ code: "internal/failed" });
  });

  test("as 401 is told before it is thrown", async () => {
    const { api, signedOutTimes } = setUp(() => problem(401, { code: "access/required" }));
    await expect(api.listProjects()).rejects.toMatchObject({ code: "access/required" });
    expect(signedOutTimes()).toBe(1);
  });
});

test("a server that does not answer is an error of its own", async () => {
  const { api } = setUp(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(api.readSession()).rejects.toBeInstanceOf(ConnectionLost);
});
