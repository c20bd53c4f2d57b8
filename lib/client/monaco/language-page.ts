/** What the language adapter needs of the page. */
import type { Api } from "../api";
import type { Commands } from "../commands";
import type { Editors } from "../editors";
import type { Notices } from "../notices";
import type { Palette } from "../palette";
import type { ProjectStore } from "../project-store";
import type { RunControl } from "../run-control";
import type { Workspace } from "../workspace";
import type { Monaco } from "./setup";

export interface LanguagePage {
  readonly monaco: Monaco;
  readonly workspace: Workspace;
  readonly editors: Editors;
  readonly commands: Pick<Commands, "execute">;
  readonly api: Pick<Api, "readFile">;
  readonly notices: Notices;
  readonly palette: Palette;
  readonly project: Pick<ProjectStore, "state">;
  readonly runControl: Pick<RunControl, "pick" | "run">;
  showError(error: unknown): void;
}
