/**
 * Which options may lead back to themselves, by the references that their values hold.
 *
 * Nothing is substituted, so that a profile of any size is looked through in the time that its references take. The
 * answer "no" is certain; "perhaps" is for substitution to decide.
 */
import type { OptionMap, OptionValue } from "./option-value";
import { parseTemplate } from "./value-template";

/** Options of a section after macros; undefined where there is no such section or its macros cannot be followed. */
export type OptionsOf = (section: string) => OptionMap | undefined;

interface OpenOption {
  readonly section: string;
  readonly value: OptionValue;
  next: number;
}

export class ReferenceCycles {
  /** Of a value that is being followed: "open". */
  private readonly states = new Map<OptionValue, "open" | "clean" | "suspect">();

  constructor(private readonly optionsOf: OptionsOf) {}

  mayLeadBack(section: string, option: string): boolean {
    const value = this.optionsOf(section)?.get(option);
    return value !== undefined && this.follow(section, value);
  }

  /** With a stack of its own: a chain of references may be as long as the profile. */
  private follow(section: string, start: OptionValue): boolean {
    const stack: OpenOption[] = [];
    let suspect = this.enter(section, start, stack);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const reference = suspect ? undefined : top.value.template!.references[top.next++];
      if (reference === undefined) {
        stack.pop();
        this.states.set(top.value, suspect ? "suspect" : "clean");
        continue;
      }
      const target = reference.section || top.section;
      const value = this.optionsOf(target)?.get(reference.option);
      if (value !== undefined) suspect = this.enter(target, value, stack);
    }
    return suspect;
  }

  /** Whether the value is suspect already; one that must be followed is put on the stack. */
  private enter(section: string, value: OptionValue, stack: OpenOption[]): boolean {
    value.template ??= parseTemplate(value.value);
    const { literals, references } = value.template;
    if (literals.length === 0) return false;
    // `$$` may become a reference of its own, and `${:option}` means another option in a section that takes it over.
    if (literals.some((literal) => literal.includes("$"))) return true;
    if (value.definition?.section !== section && references.some((reference) => reference.section === "")) return true;
    const state = this.states.get(value);
    if (state !== undefined) return state !== "clean";
    this.states.set(value, "open");
    stack.push({ section, value, next: 0 });
    return false;
  }
}
