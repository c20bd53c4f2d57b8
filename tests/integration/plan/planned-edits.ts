/** Profiles whose parts depend on each other in every way, and edits of them, one after the other. */
import type { RealBuilds } from "./real-builds";

export interface Edit {
  readonly title: string;
  readonly edit: (builds: RealBuilds) => void;
  /** Parts that are installed, for good or again; so that a plan and a run that both do nothing do not pass. */
  readonly installs: readonly string[];
  readonly uninstalls?: readonly string[];
  /** The run ends at this part: what the plan says up to there is what happened. */
  readonly failsAt?: string;
}

export const replace =
  (file: string, from: string, to: string) =>
  (builds: RealBuilds): void =>
    builds.edit(file, (text) => text.replace(from, () => to));
export const append =
  (file: string, more: string) =>
  (builds: RealBuilds): void =>
    builds.edit(file, (text) => text + more);
export const nothing = (): void => undefined;

/** Parts that take no time, for every way in which one can depend on another. */
export const GARDEN = `#- /ws/top.cfg
[buildout]
extends = base.cfg
parts =
  letter
  note
  listing
  list-user

[letter]
<= text-base
text = Dear \${names:who}
  your \${note:output} is
  at hand

[note]
<= text-base
text = \${:_buildout_section_name_}

[names]
who = Ada
unused = 1

[listing]
recipe = slapos.recipe.template:jinja2
inline = {{ who }} {{ names['who'] }}
output = \${buildout:directory}/listing.txt
context =
  key who names:who
  section names names

[list-user]
recipe = slapos.recipe.build
listing = \${listing:output}
install =
  with open(location, 'w') as f: f.write(self.options['listing'])

#- /ws/base.cfg
[text-base]
recipe = slapos.recipe.template
inline = \${:text}
output = \${buildout:parts-directory}/\${:_buildout_section_name_}.txt

[other]
<= text-base
text = other

#- /ws/file.txt
as it is
`;

export const GARDEN_EDITS: readonly Edit[] = [
  { title: "are installed at first", edit: nothing, installs: ["note", "letter", "listing", "list-user"] },
  { title: "are kept", edit: nothing, installs: [] },
  {
    title: "are made again by an option far away, and by all that only look at it",
    edit: replace("top.cfg", "who = Ada", "who = Bob"),
    installs: ["letter", "listing", "list-user"],
  },
  {
    title: "are made again by an option that no one refers to, of a section that someone does",
    edit: replace("top.cfg", "unused = 1", "unused = 2"),
    installs: ["letter", "listing", "list-user"],
  },
  {
    title: "are kept by a comment and a blank line",
    edit: append("top.cfg", "\n# A comment.\n\n"),
    installs: [],
  },
  {
    title: "are made again by a macro that they take",
    edit: replace("base.cfg", "inline = ${:text}", "inline = ${:text}."),
    installs: ["note", "letter"],
  },
  {
    title: "are kept by an option of a section that nobody uses",
    edit: replace("base.cfg", "text = other", "text = another"),
    installs: [],
  },
  {
    title: "come in with a reference, before those that refer to them",
    edit: replace("top.cfg", "unused = 2", "unused = ${other:output}"),
    installs: ["other", "letter", "listing", "list-user"],
  },
  {
    title: "go with the reference",
    edit: replace("top.cfg", "unused = ${other:output}", "unused = 2"),
    installs: ["letter", "listing", "list-user"],
    uninstalls: ["other"],
  },
  {
    title: "come in with the list of parts",
    edit: replace("top.cfg", "  note\n", "  note\n  other\n"),
    installs: ["other"],
  },
  {
    title: "only change their order with the list of parts",
    edit: replace("top.cfg", "  letter\n  note\n  other\n", "  other\n  note\n  letter\n"),
    installs: [],
  },
  {
    title: "are made again when a literal takes the place of a reference to the same value",
    edit: replace("top.cfg", "Dear ${names:who}", "Dear Bob"),
    installs: ["letter"],
  },
  {
    title: "are removed and made under another name",
    edit: (real) => real.edit("top.cfg", (text) => text.replaceAll("note", "remark")),
    installs: ["remark", "letter"],
    uninstalls: ["note"],
  },
  {
    title: "are made again with another recipe",
    edit: replace(
      "top.cfg",
      "[remark]\n<= text-base",
      "[remark]\n<= text-base\nrecipe = slapos.recipe.template:jinja2",
    ),
    installs: ["remark", "letter"],
  },
  {
    title: "are made again by an addition in the file on top",
    edit: append("top.cfg", "\n[other]\ntext += and more\n"),
    installs: ["other"],
  },
  {
    title: "are made again when a context names another section",
    edit: replace("top.cfg", "  section names names\n", "  section names names\n  section more other\n"),
    installs: ["listing", "list-user"],
  },
  {
    title: "are made again by a change of a section that only a context names",
    edit: replace("base.cfg", "text = another", "text = one more"),
    installs: ["other", "listing", "list-user"],
  },
  {
    title: "are made again by a local file that an option names",
    edit: replace("top.cfg", "[names]\n", "[names]\nfile = ${buildout:directory}/../ws/file.txt\n"),
    installs: ["listing", "list-user"],
  },
  {
    title: "are made again when that file changed and its name stayed",
    edit: replace("file.txt", "as it is", "as it was"),
    installs: ["listing", "list-user"],
  },
  {
    title: "stop where one fails; those before it stay",
    edit: (real) => {
      replace("top.cfg", "who = Bob", "who = Eve")(real);
      replace("top.cfg", "with open(location", "raise ValueError('no')\n  with open(location")(real);
    },
    installs: ["listing", "list-user"],
    failsAt: "list-user",
  },
  {
    title: "go on after the failure with what is left to do",
    edit: replace("top.cfg", "raise ValueError('no')\n  ", ""),
    installs: ["list-user"],
  },
  {
    title: "are made again where an edit is taken back after a failure before they were done",
    edit: (real) => {
      replace("top.cfg", "who = Eve", "who = Joe")(real);
      replace("top.cfg", "inline = {{ who }}", "inline = {{ nobody.at.all }}")(real);
    },
    installs: ["listing", "list-user"],
    failsAt: "listing",
  },
  {
    title: "have all that the failure removed installed for good",
    edit: (real) => {
      replace("top.cfg", "who = Joe", "who = Eve")(real);
      replace("top.cfg", "inline = {{ nobody.at.all }}", "inline = {{ who }}")(real);
    },
    installs: ["listing", "list-user"],
  },
  {
    title: "are made again by an option that is set where the recipe had a default",
    edit: replace("top.cfg", "[list-user]\n", "[list-user]\nlocation = ${buildout:directory}/elsewhere\n"),
    installs: ["list-user"],
  },
  {
    title: "are removed all but one",
    edit: (real) => real.edit("top.cfg", (text) => text.replace(/parts =\n(?: {2}.*\n)+/, "parts = other\n")),
    installs: [],
    uninstalls: ["remark", "letter", "listing", "list-user"],
  },
];

/** Parts that only the text of a template, or an environment, brings in. */
export const TEMPLATED = `#- /ws/top.cfg
[buildout]
parts = instance tool

[instance]
recipe = slapos.recipe.template
url = \${:_profile_base_location_}/instance.cfg.in
output = \${buildout:directory}/instance.cfg
first = \${zeta:output}

[text-base]
recipe = slapos.recipe.template
inline = \${:_buildout_section_name_}
output = \${buildout:parts-directory}/\${:_buildout_section_name_}.txt

[alpha]
<= text-base
[beta]
<= text-base
[gamma]
<= text-base
[zeta]
<= text-base
[eta]
<= text-base

[tool]
recipe = slapos.recipe.build
environment = tool-environment
install =
  with open(location, 'w') as f: f.write('done')

[tool-environment]
PATH = \${eta:output}:%(PATH)s

#- /ws/instance.cfg.in
[buildout]
parts = x
[x]
b = \${beta:output}
own = $\${slap:key} and \${:output}
a = \${alpha:output}
`;

export const TEMPLATE = "instance.cfg.in";

export const TEMPLATED_EDITS: readonly Edit[] = [
  {
    title: "are installed at first, in the order of the text",
    edit: nothing,
    installs: ["zeta", "beta", "alpha", "instance", "eta", "tool"],
  },
  { title: "are kept", edit: nothing, installs: [] },
  {
    title: "come in with a line of the template",
    edit: append(TEMPLATE, `c = \${gamma:output}\n`),
    installs: ["gamma", "instance"],
  },
  {
    title: "go with their line",
    edit: replace(TEMPLATE, `a = \${alpha:output}\n`, ""),
    installs: ["instance"],
    uninstalls: ["alpha"],
  },
  {
    title: "have what is made from the template made again",
    edit: replace("top.cfg", "[beta]\n", "[beta]\ninline = other\n"),
    installs: ["beta", "instance"],
  },
  {
    title: "have what is built in the environment built again",
    edit: replace("top.cfg", "[eta]\n", "[eta]\ninline = other\n"),
    installs: ["eta", "tool"],
  },
];

/** Values, checksums and names that go from part to part, for the rule of SlapOS's own buildout. */
export const CASCADE = `#- /ws/top.cfg
[buildout]
parts = last middle lonely

[first]
<= text-base
inline = one

[middle]
<= text-base
inline = \${first:output}

[last]
<= text-base
inline = \${middle:output} \${settings:shown}

[settings]
shown = yes
hidden = \${first:output}
number = 1

[lonely]
<= text-base
inline = nobody

[text-base]
recipe = slapos.recipe.template
output = \${buildout:parts-directory}/\${:_buildout_section_name_}.txt
`;

export const CASCADE_EDITS: readonly Edit[] = [
  { title: "are installed at first", edit: nothing, installs: ["first", "middle", "last", "lonely"] },
  { title: "are kept", edit: nothing, installs: [] },
  {
    title: "are made again after the first of a chain",
    edit: replace("top.cfg", "inline = one", "inline = two"),
    installs: ["first", "middle", "last"],
  },
  {
    title: "are made again by a value that nobody takes",
    edit: replace("top.cfg", "number = 1", "number = 2"),
    installs: ["last"],
  },
  {
    title: "are made again by a value with an apostrophe and other letters",
    edit: replace("top.cfg", "number = 2", "number = it's é\\n"),
    installs: ["last"],
  },
  { title: "are kept after that", edit: nothing, installs: [] },
  {
    title: "are made again alone where only a file is gone",
    edit: (builds) => builds.remove("build/parts/first.txt"),
    installs: ["first"],
  },
  {
    title: "are made again by a section that comes in",
    edit: replace("top.cfg", "inline = nobody", "inline = nobody ${settings:number}"),
    installs: ["lonely"],
  },
  {
    title: "are made again by a macro of all",
    edit: replace("top.cfg", "_name_}.txt", "_name_}.text"),
    installs: ["first", "middle", "last", "lonely"],
  },
];
