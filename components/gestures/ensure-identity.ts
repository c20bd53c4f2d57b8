import type { ClientApp } from "@/lib/client/app";

/** Asks for the name and address of commits once, when the repository knows none; false when it was not answered. */
export async function ensureIdentity({ git, dialogs }: ClientApp): Promise<boolean> {
  if (git.state.getState().status?.identity) return true;
  const ask = (label: string, confirm: string): Promise<string | undefined> =>
    dialogs.askText({
      title: "Who commits?",
      label,
      value: "",
      confirm,
      check: (text) => (text.trim() ? undefined : "Commits carry it."),
    });
  const name = await ask("Name", "Next");
  if (name === undefined) return false;
  const email = await ask("E-mail address", "Save");
  if (email === undefined) return false;
  await git.saveIdentity({ name: name.trim(), email: email.trim() });
  return true;
}
