/**
 * What the parts that a plan installs will download: files by address, eggs by name, and repositories that are cloned.
 *
 * From the resolved profile alone. Recipes that download are known by name; of any other recipe an address counts only
 * together with an md5sum, because `url` may as well be something to check or to publish. What a package requires in
 * turn is known to the index only, and is not listed; `pins` says which version it will have.
 */
import { toPackageName } from "../package-name";
import type { Resolution } from "../resolution";
import type { PlannedPart } from "./build-plan";
import { downloadsByCommand, readScriptDownloads } from "./script-downloads";

export interface PlannedFile {
  readonly part: string;
  readonly url: string;
  readonly md5sum?: string;
  /** Where the recipe asks when it cannot have it from `url`. */
  readonly alternateUrl?: string;
}

export interface PlannedEgg {
  readonly part: string;
  readonly name: string;
  /** The pin, when there is one. */
  readonly version?: string;
  /** As the index is asked: `name==version`, or what the part says. */
  readonly requirement: string;
  /** `x[test]` also requires what its extra `test` does. */
  readonly extras?: readonly string[];
  /** Its source archive, also where the index has a wheel. */
  readonly isSource?: boolean;
}

export interface PlannedCheckout {
  readonly part: string;
  readonly repository: string;
  readonly branch?: string;
  /** A commit or tag; it wins over the branch. */
  readonly revision?: string;
  readonly ignoresCertificate?: boolean;
  /** A clone that is there already is not touched. */
  readonly keptAt?: string;
}

export interface PlannedDownloads {
  readonly files: readonly PlannedFile[];
  readonly eggs: readonly PlannedEgg[];
  readonly checkouts: readonly PlannedCheckout[];
  /** Parts whose own code downloads what cannot be read here. */
  readonly byOwnCode: readonly string[];
  /** The version of each pinned package, by its normalised name. */
  readonly pins: ReadonlyMap<string, string>;
  /** An egg that no index has may be one that the buildout itself develops. */
  readonly hasDevelopEggs: boolean;
}

const DOWNLOADING =
  /^(?:slapos\.recipe\.(?:build:download|cmmi|template)|hexagonit\.recipe\.|zc\.recipe\.cmmi|gp\.recipe\.|collective\.recipe\.template)/;
/** Python of slapos.recipe.build. */
const CODE = ["init", "install", "update"];
/** Options of recipes that a shell is given. */
const COMMANDS = [
  "command",
  "update-command",
  "cmds",
  "configure-command",
  "pre-configure",
  "pre-build",
  "pre-install",
  "post-install",
];
const WEB = /^(?:https?|ftp):\/\/\S+$/;
const MD5 = /^[0-9a-fA-F]{32}$/;
const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*((?:[<>=!~]=?[^;#]*)?)/;
/** What git reaches over the network; a path may be what another part makes. */
const REPOSITORY = /^(?:(?:https?|git|ssh):\/\/\S+|[\w.-]+@[\w.-]+:(?!\/\/)\S+)$/;
/** `slapos.cookbook:wrapper` is of the egg `slapos.cookbook`. */
const RECIPE_EGG = /^([A-Za-z0-9][\w.-]*)/;

export function listDownloads(resolution: Resolution, parts: readonly PlannedPart[]): PlannedDownloads {
  const text = (section: string, option: string): string => resolution.option(section, option)?.value?.trim() ?? "";
  const pins = readPins(resolution);
  const files = new Map<string, PlannedFile>();
  const eggs = new Map<string, PlannedEgg>();
  const checkouts: PlannedCheckout[] = [];
  const byOwnCode: string[] = [];
  const addFile = (part: string, url: string, md5sum: string, alternate = ""): void => {
    if (!isOfWeb(url)) return;
    files.set(`${url} ${md5sum}`, {
      part,
      url,
      ...(MD5.test(md5sum) && { md5sum: md5sum.toLowerCase() }),
      ...(isOfWeb(alternate) && { alternateUrl: alternate }),
    });
  };
  const addEgg = (part: string, line: string, isSource = false): void => {
    const match = REQUIREMENT.exec(line.trim());
    if (!match) return;
    const name = match[1]!;
    const extras = match[2]?.split(",").flatMap((extra) => extra.trim() || []) ?? [];
    const specifiers = match[3]!.replace(/\s+/g, "");
    const pin = pins.get(toPackageName(name)) ?? /^==([^,]+)$/.exec(specifiers)?.[1];
    const version = pin !== undefined && /^[\w.!+-]+$/.test(pin) ? pin : undefined;
    const requirement = version === undefined ? `${name}${specifiers}` : `${name}==${version}`;
    const key = [requirement, ...extras].join(" ");
    const common = { part, name, version, requirement, ...(extras.length > 0 && { extras }) };
    if (!eggs.has(key)) eggs.set(key, { ...common, ...(isSource && { isSource }) });
  };

  for (const { part, action, recipe = "" } of parts) {
    if (action !== "install" && action !== "reinstall") continue;
    const md5sum = text(part, "md5sum");
    if (md5sum !== "" || DOWNLOADING.test(recipe))
      addFile(part, text(part, "url"), md5sum, text(part, "alternate-url"));
    if (recipe === "zc.recipe.cmmi") addFile(part, text(part, "patch"), text(part, "patch-md5sum"));
    if (recipe.startsWith("slapos.recipe.build:gitclone")) {
      const checkout = toCheckout(part, (option) => text(part, option));
      if (checkout) checkouts.push(checkout);
    }
    if (recipe.startsWith("slapos.recipe.cmmi")) {
      for (const word of text(part, "patches").split(/\s+/)) {
        const [url = "", sum = ""] = word.split("#");
        addFile(part, url, sum);
      }
    }
    const [recipeEgg] = RECIPE_EGG.exec(recipe) ?? [];
    if (recipeEgg !== undefined) addEgg(part, recipeEgg);
    if (/^(?:slapos\.recipe\.build|zc\.recipe\.egg:(?:custom|develop))/.test(recipe)) {
      for (const line of text(part, "setup-eggs").split("\n")) addEgg(part, line);
    }
    if (/^slapos\.recipe\.build(?::script)?$/.test(recipe)) {
      const code = CODE.map((option) => text(part, option)).join("\n");
      const script = readScriptDownloads(code, (option) => text(part, option));
      for (const { url, md5sum: sum } of script.files) addFile(part, url, sum);
      if (!script.isWhole) byOwnCode.push(part);
    } else if (recipe === "rubygemsrecipe" || COMMANDS.some((option) => downloadsByCommand(text(part, option)))) {
      byOwnCode.push(part);
    }
    if (recipe.startsWith("zc.recipe.egg:develop")) continue;
    if (recipe.startsWith("zc.recipe.egg:custom")) {
      // Built from the source archive, whatever wheels there are.
      for (const line of (text(part, "egg") || text(part, "eggs") || part).split("\n")) addEgg(part, line, true);
      continue;
    }
    if (recipe.startsWith("zc.recipe.egg")) {
      const named = text(part, "eggs") || text(part, "egg") || part;
      for (const line of named.split("\n")) addEgg(part, line);
    }
  }
  const hasDevelop = hasDevelopEggs(resolution);
  return {
    files: [...files.values()],
    eggs: [...eggs.values()],
    checkouts,
    byOwnCode,
    pins,
    hasDevelopEggs: hasDevelop,
  };
}

function isOfWeb(url: string): boolean {
  return WEB.test(url) && URL.canParse(url);
}

function toCheckout(part: string, text: (option: string) => string): PlannedCheckout | undefined {
  const repository = text("repository");
  if (!REPOSITORY.test(repository)) return undefined;
  const [branch, revision, keptAt] = [text("branch"), text("revision"), text("location")];
  return {
    part,
    repository,
    ...(branch !== "" && { branch }),
    ...(revision !== "" && { revision }),
    ...(text("ignore-ssl-certificate") === "true" && { ignoresCertificate: true }),
    ...(text("develop") === "true" && keptAt !== "" && { keptAt }),
  };
}

function readPins(resolution: Resolution): ReadonlyMap<string, string> {
  const { versionsSection } = resolution.configuration;
  const pins = new Map<string, string>();
  if (versionsSection === "" || !resolution.hasSection(versionsSection)) return pins;
  for (const { name, value } of resolution.section(versionsSection)) {
    if (value === undefined || value === "") continue;
    // `X:whl` is SlapOS's way to say that version X may come as a wheel.
    pins.set(toPackageName(name), value.trim().replace(/^==/, "").replace(/:whl$/, ""));
  }
  return pins;
}

function hasDevelopEggs(resolution: Resolution): boolean {
  if ((resolution.option("buildout", "develop")?.value ?? "").trim() !== "") return true;
  return resolution
    .sectionNames()
    .some((name) =>
      /^zc\.recipe\.egg:(?:custom|develop)|:develop$/.test(resolution.option(name, "recipe")?.value ?? ""),
    );
}
