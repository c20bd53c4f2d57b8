/** What commands ask of the text editor that has the focus, about the changes of its file. */
export type GitEditorRequest =
  | "next-change"
  | "previous-change"
  | "stage-selection"
  | "unstage-selection"
  | "revert-selection";
