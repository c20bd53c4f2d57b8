import { WebrunnerError } from "@/lib/base/errors";
import type { ClientApp } from "@/lib/client/app";
import type { Workspace } from "@/lib/client/workspace";
import type { DroppedFile } from "./dropped-files";

/** Uploads one after another; asks once when something of the name is already there. */
export async function uploadFiles(
  app: ClientApp,
  workspace: Workspace,
  folder: string,
  files: readonly DroppedFile[],
): Promise<void> {
  if (files.length === 0) return;
  let overwrite = false;
  for (const [index, file] of files.entries()) {
    try {
      await workspace.files.upload(folder, [file], overwrite);
    } catch (error) {
      if (!(error instanceof WebrunnerError) || error.code !== "file/exists") throw error;
      const answer = await app.dialogs.choose({
        title: `${file.name} is already there`,
        detail: "What is replaced stays in the file's local history.",
        choices: [
          { id: "replace", title: files.length - index > 1 ? "Replace all" : "Replace", danger: true },
          { id: "skip", title: "Keep what is there" },
        ],
      });
      if (answer === undefined) return;
      if (answer === "skip") continue;
      overwrite = true;
      await workspace.files.upload(folder, [file], true);
    }
  }
  if (files.length > 1) app.notices.show({ kind: "success", title: `${files.length} files uploaded` });
}

/** The browser's own file chooser. */
export function chooseFiles(): Promise<readonly DroppedFile[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.hidden = true;
    input.dataset.upload = "";
    const end = (files: readonly DroppedFile[]) => {
      input.remove();
      resolve(files);
    };
    input.onchange = () => end([...(input.files ?? [])].map((file) => ({ name: file.name, data: file })));
    input.oncancel = () => end([]);
    document.body.append(input);
    input.click();
  });
}
