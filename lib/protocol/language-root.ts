/** Where the workspace lies for the language service, whatever its place on the machine. */
export const LANGUAGE_ROOT = "/workspace";
