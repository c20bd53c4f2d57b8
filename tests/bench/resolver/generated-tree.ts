/**
 * A tree of profiles of SlapOS's size and shape: 742 files, of which the largest release reaches 264 over 22 levels,
 * with about 670 sections, 4,000 options and 1,000 edges; one small file that nearly all extend.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LEVELS = 22;
const WIDTH = 12;
const RELEASES = 120;
const LOOSE_COMPONENTS = 742 - LEVELS * WIDTH - RELEASES - 3;

export interface GeneratedTree {
  readonly top: string;
  /** Between top and leaf; extended by all releases. */
  readonly stack: string;
  /** Extended by nearly everything. */
  readonly leaf: string;
  /** A release small enough for upstream's `annotate`. */
  readonly small: string;
}

/** A linear congruential generator: the same tree every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const component = (level: number, index: number): string => `component/l${level}-${index}/buildout.cfg`;

function componentText(
  name: string,
  extended: readonly string[],
  refersTo: readonly string[],
  random: (n: number) => number,
): string {
  const references = refersTo.map((other) => `  -I\${${other}:location}/include`).join("\n");
  const version = `${random(9)}.${random(20)}.${random(9)}`;
  return `# Component ${name}
[buildout]
extends =
${extended.map((path) => `  ${path}`).join("\n")}
parts = ${name}

[${name}]
recipe = slapos.recipe.cmmi
shared = true
version = ${version}
url = https://example.org/${name}/${name}-\${:version}.tar.gz
md5sum = ${String(random(1e9)).padStart(32, "0")}
configure-options =
  --prefix=@@LOCATION@@
  --disable-static
environment =
  CPPFLAGS=
${references}
  PATH=\${${refersTo[0] ?? name}:location}/bin:%(PATH)s

[${name}-env]
<= ${name}
location-of-profile = \${:_profile_base_location_}
prefix = \${${name}:location}
flags = -O2

[${name}-patch:python3]
recipe = slapos.recipe.template
inline =
  value ${name}
  other $\${text}
output = \${buildout:directory}/${name}

[versions]
${name}-egg = ${version}
`;
}

export function generateTree(root: string): GeneratedTree {
  const random = createRandom(20_261_123);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write(
    "component/defaults.cfg",
    "[buildout]\nallow-hosts =\n  example.org\n[defaults]\nshared = true\nmin-version = 8\n",
  );
  for (let level = LEVELS - 1; level >= 0; level--)
    for (let index = 0; index < WIDTH; index++) {
      const extended = new Set(["../defaults.cfg"]);
      const refersTo = new Set<string>();
      for (let i = 0; level < LEVELS - 1 && i < 3; i++) {
        const below = i === 0 ? level + 1 : level + 1 + random(Math.min(6, LEVELS - 1 - level));
        const target = i === 0 ? index : random(WIDTH);
        extended.add(`../l${below}-${target}/buildout.cfg`);
        refersTo.add(`l${below}-${target}`);
      }
      write(component(level, index), componentText(`l${level}-${index}`, [...extended], [...refersTo], random));
    }
  for (let index = 0; index < LOOSE_COMPONENTS; index++) {
    const level = LEVELS - 4 + random(4);
    const target = random(WIDTH);
    write(
      `component/loose-${index}/buildout.cfg`,
      componentText(`loose-${index}`, [`../l${level}-${target}/buildout.cfg`], [`l${level}-${target}`], random),
    );
  }
  const everything = Array.from({ length: WIDTH }, (_, index) => `../component/l1-${index}/buildout.cfg`);
  write(
    "stack/base.cfg",
    `[buildout]\nextends =\n${everything.map((path) => `  ${path}`).join("\n")}\nextensions +=\n  base\n`,
  );
  for (let index = 0; index < RELEASES; index++) {
    const first = index === 0 ? 0 : 1 + random(LEVELS - 2);
    const paths = Array.from({ length: WIDTH }, (_, i) => `../../${component(first, i)}`).slice(
      0,
      index === 0 ? WIDTH : 4,
    );
    const base = index === 0 ? ["../../stack/base.cfg"] : [];
    write(
      `software/release-${index}/software.cfg`,
      `[buildout]\nextends =\n${[...base, ...paths].map((path) => `  ${path}`).join("\n")}\nparts = app\n\n[app]\nrecipe = slapos.cookbook:wrapper\nwrapper-path = \${buildout:directory}/bin/app\ncommand-line = \${l${LEVELS - 1}-0:location}/bin/run \${:_profile_base_location_}\n`,
    );
  }
  write(
    "software/small/software.cfg",
    `[buildout]\nextends = ../../${component(LEVELS - 6, 0)}\nparts = app\n[app]\nrecipe = x\n`,
  );
  return {
    top: "software/release-0/software.cfg",
    stack: "stack/base.cfg",
    leaf: "component/defaults.cfg",
    small: "software/small/software.cfg",
  };
}
