/** Monaco as a promise: asked for early, so that it arrives beside the page's data, and shared by all editors. */
type Setup = typeof import("./setup");

let setup: Promise<Setup> | undefined;

export function loadMonaco(): Promise<Setup> {
  setup ??= import("webrunner-monaco").catch((error: unknown) => {
    setup = undefined;
    throw error;
  });
  return setup;
}
