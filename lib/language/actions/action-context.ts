/** What code actions are made from. */
import type { Analysis } from "../analysis/analysis";
import type { ProfileDocument } from "../document/profile-document";
import type { FileDigest, PackageIndex } from "../service";

export interface ActionContext {
  readonly analysis: Analysis;
  readonly document: ProfileDocument;
  readonly digest: FileDigest;
  readonly packages: PackageIndex;
}
