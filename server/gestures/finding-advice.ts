/** What to write where no change can be made for the user: one sentence for each kind of what is found. */

/** By the code of the resolver or of the language service; else by the part before its slash. */
const ADVICE: Readonly<Record<string, string>> = {
  "load/missing-file": "Correct the name in extends, add the file, or take the line out.",
  "load/unreadable-file": "Make the file readable for the builds.",
  "load/not-text": "Save the file as UTF-8 text, or extend another.",
  "load/extends-cycle": "Take one of the extends out: a profile cannot extend itself on a way around.",
  "load/no-section-header": "Write a header such as [buildout] above the first option.",
  "load/not-an-option": "Write NAME = VALUE, or indent the line if it goes on with the value above it.",
  "load/condition-failed": "Correct the expression between the colon and the bracket of the header.",
  "load/condition-unsupported":
    "Write a simpler expression: of names that buildout gives, such as python3 or linux, with and, or and not.",
  "resolve/macro-missing": "Extend the profile that defines the section after <=, or correct its name.",
  "resolve/macro-cycle": "Take one <= out: a section cannot inherit from itself on a way around.",
  "resolve/section-missing": "Extend the profile that defines the section, or correct its name.",
  "resolve/option-missing": "Write the option into that section, or correct its name in the reference.",
  "resolve/reference-syntax": "Write a reference as ${section:option}, and a dollar sign that is none as $$.",
  "resolve/reference-cycle": "Replace one of the references by its value: an option cannot be made of itself.",
  resolve: "Correct the value: buildout stops at it.",
  load: "Correct the line: buildout reads nothing of the profile before.",
  start: "Correct the option: buildout stops before the first part.",
  "hash/missing-file": "Correct the file's name, add the file, or take the entry out.",
  "json/syntax": "Correct the JSON here; nothing that reads the file goes on past this place.",
  "json/duplicate-name": "Take the other entry of that name out, or this one if the other was meant.",
  "description/missing-file": "Write the name of a schema in the release's folder, or add the file.",
  "description/missing-key": "Add the key, in double quotes, with its value.",
  "description/unknown-key": "Take the key out, or write one of software.cfg.json.",
  "description/wrong-value": "Write a value of the kind that the message names.",
  "schema/missing-reference": "Write a place that is there (#/$defs/NAME), or add the definition.",
  "schema/wrong-value": "Write a value of the kind that the message names.",
  "schema/wrong-default": "Write a default that the schema takes, or let the schema take it.",
  "schema/required-unknown": "Add the name to properties, or take it out of required.",
  "schema/empty-range": "Write a least value that is not above the most.",
  schema: "Correct the schema as the message says.",
  description: "Correct the description as the message says.",
};

export function adviseOn(code: string): string {
  return ADVICE[code] ?? ADVICE[code.split("/")[0]!] ?? "Correct it as the message says.";
}

export const PYTHON_ERROR_ADVICE = "Correct the line: it fails when it is run.";
export const PYTHON_WARNING_ADVICE = "Take out what is of no use, or use it; nothing fails by it.";
export const EXTENDS_ADVICE =
  "Write the path of the file in the checkout, or an address of the official repository at a tag.";
export const PROMISE_ADVICE =
  "Write a section with recipe = slapos.cookbook:check_port_listening, hostname, port and path (below etc/promise) of the service, and add it to parts.";
export const COMMIT_ADVICE = "Stage and commit it: webrunner git stage PATH, then webrunner git commit --message TEXT.";
export const SANDBOX_ADVICE = "Promote each override: webrunner promote PROFILE SECTION.";
export const OVERRIDE_ADVICE =
  "Compare the override with what it overrides now; then take it as seen, promote it, or take it out.";
