/** Asking for the name and address that commits carry, where the repository knows none. */
import { WebrunnerError } from "@/lib/base/errors";
import type { Dialogs } from "./dialogs";
import type { GitStore } from "./git";

export const isIdentityMissing = (error: unknown): boolean =>
  error instanceof WebrunnerError && error.code === "git/identity-missing";

/** False when it was not answered. */
export async function askIdentity({
  git,
  dialogs,
}: {
  readonly git: Pick<GitStore, "saveIdentity">;
  readonly dialogs: Pick<Dialogs, "askText">;
}): Promise<boolean> {
  const ask = (label: string, confirm: string, check: (text: string) => string | undefined) =>
    dialogs.askText({ title: "Who commits?", label, value: "", confirm, check });
  const name = await ask("Name", "Next", (text) => (text.trim() ? undefined : "Commits carry it."));
  if (name === undefined) return false;
  const email = await ask("E-mail address", "Save", (text) =>
    /^\S+@\S+$/.test(text.trim()) ? undefined : "Like name@example.org",
  );
  if (email === undefined) return false;
  await git.saveIdentity({ name: name.trim(), email: email.trim() });
  return true;
}

/** The same, only when it is not known yet. */
export async function ensureIdentity(app: {
  readonly git: Pick<GitStore, "saveIdentity" | "state">;
  readonly dialogs: Pick<Dialogs, "askText">;
}): Promise<boolean> {
  return app.git.state.getState().status?.identity !== undefined || askIdentity(app);
}
