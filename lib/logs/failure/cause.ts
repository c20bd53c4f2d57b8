/**
 * Why a run failed, in the engine's own words made into facts. What each message means and where it points is said
 * beside the rule that reads it (`cause-rules.ts`); finding the line of a profile is another module's work.
 */
export type FailureCause =
  /** `${section:…}` or a part names a section that no profile defines. */
  | { readonly kind: "unknown-section"; readonly section: string; readonly readBy?: OptionName }
  /** `${section:option}` names an option that the section does not have. */
  | { readonly kind: "unknown-option"; readonly section: string; readonly option: string; readonly readBy?: OptionName }
  /** `${…}` that is no reference: no colon, too many, or characters that buildout does not take. */
  | {
      readonly kind: "bad-substitution";
      readonly reference: string;
      readonly text: string;
      readonly readBy?: OptionName;
    }
  /** Substitutions that lead back to themselves, in the order in which they were followed. */
  | { readonly kind: "circular-substitution"; readonly options: readonly OptionName[] }
  /** `<=` that leads back to itself. */
  | { readonly kind: "circular-macro"; readonly sections: readonly string[] }
  | { readonly kind: "circular-extends"; readonly files: readonly string[] }
  /** `<=` names a section that no profile defines. */
  | { readonly kind: "unknown-macro"; readonly section: string; readonly readBy?: string }
  | { readonly kind: "missing-profile"; readonly file: string }
  /** `part` where the engine itself does not say what it was doing: the preflight. */
  | { readonly kind: "download"; readonly url: string; readonly reason: string; readonly part?: string }
  | { readonly kind: "syntax"; readonly file: string; readonly lines: readonly { line: number; text: string }[] }
  | { readonly kind: "md5-mismatch"; readonly url: string; readonly part?: string }
  | {
      readonly kind: "missing-distribution";
      readonly requirement: string;
      readonly recipe?: string;
      readonly part?: string;
    }
  /** `develop` names a directory that is not there, and what it would have had is missed. Absolute. */
  | { readonly kind: "develop"; readonly path: string }
  /** A recipe's own check of what it made: slapos.recipe.build's `slapos_promise`. */
  | { readonly kind: "part-promise"; readonly text: string }
  | { readonly kind: "pin-conflict"; readonly requirement: string; readonly version: string }
  | { readonly kind: "unpinned"; readonly egg: string; readonly version: string }
  | { readonly kind: "version-conflict"; readonly text: string }
  | { readonly kind: "unknown-entry-point"; readonly name: string }
  | { readonly kind: "missing-option"; readonly section: string; readonly option: string }
  /** Python code of an option, compiled under the section's name. */
  | { readonly kind: "inline-code"; readonly section: string; readonly line: number; readonly error: string }
  | { readonly kind: "recipe-error"; readonly file: string; readonly line: number; readonly error: string }
  | {
      readonly kind: "compiler";
      readonly file: string;
      readonly line: number;
      readonly column?: number;
      readonly text: string;
    }
  | { readonly kind: "configure"; readonly text: string }
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "promise"; readonly promise: string; readonly text: string }
  | { readonly kind: "parameters"; readonly errors: readonly { pointer: string; text: string }[] }
  | { readonly kind: "no-instance-profile"; readonly file: string }
  | { readonly kind: "busy"; readonly pid?: number }
  | { readonly kind: "disk-full" }
  | { readonly kind: "other"; readonly text: string };

export interface OptionName {
  readonly section: string;
  readonly option: string;
}
