import { describe, expect, it } from "vitest";
import type { ObjectId } from "@/lib/git/object-id";
import { createLogWalks, type WalkPage, type WalkStep } from "@/server/git/log-walks";

/** Commits 0, 1, 2, …: each the child of the next, every third left out; `steps` counts what was walked. */
function createHistory(count: number) {
  const history = { steps: 0, started: 0 };
  const idOf = (number: number): ObjectId => String(number) as ObjectId;
  function* walk(): Generator<WalkStep> {
    history.started++;
    for (let number = 0; number < count; number++) {
      history.steps++;
      yield number % 3 === 2 ? undefined : { id: idOf(number) };
    }
  }
  const walks = createLogWalks();
  const page = (skip: number, limit: number, key = "all", signal?: AbortSignal): Promise<WalkPage> =>
    walks.readPage({
      key: [key],
      start: walk,
      lanes: (id) => (Number(id) < count - 1 ? [idOf(Number(id) + 1)] : []),
      skip,
      limit,
      ...(signal && { signal }),
    });
  return { history, page };
}
const idsOf = ({ found }: WalkPage): number[] => found.map(({ id }) => Number(id));

describe("pages of a walk", () => {
  it("follow each other without walking from the start", async () => {
    const { history, page } = createHistory(30);
    expect(idsOf(await page(0, 4))).toEqual([0, 1, 3, 4]);
    const walked = history.steps;
    expect(idsOf(await page(4, 4))).toEqual([6, 7, 9, 10]);
    expect(history).toEqual({ started: 1, steps: walked + 6 });
    const last = await page(8, 100);
    expect(idsOf(last)).toEqual([12, 13, 15, 16, 18, 19, 21, 22, 24, 25, 27, 28]);
    expect(last.more).toBe(false);
    expect(history).toEqual({ started: 1, steps: 30 });
  });

  it("that are skipped are walked over from the last one before them", async () => {
    const { history, page } = createHistory(300);
    await page(0, 4);
    expect(idsOf(await page(100, 2))).toEqual([150, 151]);
    expect(history.started).toBe(1);
    expect(idsOf(await page(4, 2))).toEqual([6, 7]);
    expect(history.started).toBe(2);
  });

  it("go on with the lanes of the page before", async () => {
    const whole = await createHistory(30).page(0, 20);
    const { page } = createHistory(30);
    const parts = [await page(0, 5), await page(5, 3), await page(10, 10)];
    expect([...parts[0]!.graph!, ...parts[1]!.graph!]).toEqual(whole.graph!.slice(0, 8));
    expect(parts[2]!.graph).toEqual(whole.graph!.slice(10));
  });

  it("behind the end are empty, and say that there is no more", async () => {
    const { page } = createHistory(6);
    expect(await page(0, 4)).toMatchObject({ more: false });
    expect(await page(50, 4)).toEqual({ found: [], graph: [], more: false });
    expect(await page(0, 0)).toEqual({ found: [], graph: [], more: true });
  });

  it("belong to their walk, of which a few are kept", async () => {
    const { history, page } = createHistory(300);
    for (const key of ["a", "b", "c", "d", "e"]) await page(0, 2, key);
    await page(2, 2, "e");
    expect(history.started).toBe(5);
    expect(idsOf(await page(2, 2, "a"))).toEqual([3, 4]);
    expect(history.started).toBe(6);
  });

  it("can be asked for again when a request was given up", async () => {
    const { page } = createHistory(200_000);
    await expect(page(150_000, 2, "all", AbortSignal.abort())).rejects.toThrow();
    expect(idsOf(await page(2, 2))).toEqual([3, 4]);
  });
});
