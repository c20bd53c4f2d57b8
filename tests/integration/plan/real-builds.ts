/** Plain buildouts on the real engine, and the plan of each before it is run. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readPartLine } from "@/lib/logs/run-progress";
import { createPlanReader, type PlanReader, type ReadPlan } from "@/server/plan/plan-reader";
import { createPlanDisk } from "@/server/platform/plan-disk";
import { ENGINE, type Finished, Place, PYTHON, runAsUser } from "../engine-python/engine-harness";

export interface RealBuild {
  readonly code: number;
  readonly output: string;
  /** `Installing x.`, `Updating x.`, `Uninstalling x.`, as they were printed. */
  readonly lines: readonly string[];
}

export interface BuildoutProgram {
  readonly path: string;
  readonly options: readonly string[];
  /** What the plan is told of it, as an engine's environment has it in `stamp.json`. */
  readonly stamp: { readonly versions: Readonly<Record<string, string>> };
}

const WORDS = { install: "Installing", update: "Updating", uninstall: "Uninstalling" } as const;

export function toLines({ plan }: ReadPlan): string[] {
  return plan.steps.map(({ action, part }) => `${WORDS[action]} ${part}.`);
}

export class RealBuilds {
  readonly place = new Place();
  readonly workspace = this.place.path("ws");
  readonly directory = this.place.path("build");
  readonly #reader: PlanReader;

  /** `program`: a buildout to run in place of the engine's. */
  constructor(
    readonly profile: string,
    readonly program?: BuildoutProgram,
  ) {
    this.#reader = createPlanReader({
      disk: createPlanDisk(),
      engineDirectory: program === undefined ? ENGINE : this.place.path("engine"),
    });
    if (program) this.place.write({ "engine/stamp.json": JSON.stringify(program.stamp) });
  }

  get #profilePath(): string {
    return this.place.path("ws", this.profile);
  }

  edit(file: string, change: (text: string) => string): void {
    const path = this.place.path("ws", file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} changes nothing`);
    writeFileSync(path, after);
  }

  write(file: string, text: string): void {
    this.place.write({ [`ws/${file}`]: text });
  }

  remove(path: string): void {
    rmSync(this.place.path(path), { recursive: true });
  }

  plan(unsaved?: ReadonlyMap<string, string>): ReadPlan {
    return this.#reader.read({ kind: "buildout", profile: this.#profilePath, directory: this.directory }, unsaved);
  }

  async run(): Promise<RealBuild> {
    const { code, output } = await (this.program ? this.#runProgram(this.program) : this.#runEngine());
    const lines = output.split("\n").filter((line) => readPartLine(line) !== undefined);
    return { code, output, lines };
  }

  #runProgram({ path, options }: BuildoutProgram): Promise<Finished> {
    this.place.write({ "build/.keep": "" });
    return runAsUser(path, ["-c", this.#profilePath, `buildout:directory=${this.directory}`, ...options], {
      cwd: this.directory,
    });
  }

  async #runEngine(): Promise<Finished> {
    const spec = { directory: this.directory, profile: this.#profilePath, options: { "buildout:newest": "false" } };
    this.place.write({ "spec.json": JSON.stringify(spec) });
    return runAsUser(PYTHON, ["-m", "webrunner_engine", "buildout", "--spec", this.place.path("spec.json")]);
  }

  dispose(): void {
    this.place.remove();
  }
}
