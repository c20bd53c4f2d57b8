/** Waits for a condition, with a deadline; the last thing seen is in the failure's message. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 15_000, everyMs = 20, what = "the condition" } = {},
): Promise<Exclude<T, undefined | false | null | 0 | "">> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await condition();
    if (seen) return seen as Exclude<T, undefined | false | null | 0 | "">;
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
