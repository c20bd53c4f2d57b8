/** Plain buildouts on the real engine, and the plan of each before it is run. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readPartLine } from "@/lib/logs/run-progress";
import { createPlanReader, type ReadPlan } from "@/server/plan/plan-reader";
import { createPlanDisk } from "@/server/platform/plan-disk";
import { ENGINE, Place, PYTHON, runAsUser } from "../engine-python/engine-harness";

export interface RealBuild {
  readonly code: number;
  readonly output: string;
  /** `Installing x.`, `Updating x.`, `Uninstalling x.`, as they were printed. */
  readonly lines: readonly string[];
}

const WORDS = { install: "Installing", update: "Updating", uninstall: "Uninstalling" } as const;

export function toLines({ plan }: ReadPlan): string[] {
  return plan.steps.map(({ action, part }) => `${WORDS[action]} ${part}.`);
}

export class RealBuilds {
  readonly place = new Place();
  readonly workspace = this.place.path("ws");
  readonly directory = this.place.path("build");
  readonly #reader = createPlanReader({ disk: createPlanDisk(), engineDirectory: ENGINE });

  constructor(readonly profile: string) {}

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
    const spec = { directory: this.directory, profile: this.#profilePath, options: { "buildout:newest": "false" } };
    this.place.write({ "spec.json": JSON.stringify(spec) });
    const { code, output } = await runAsUser(PYTHON, [
      "-m",
      "webrunner_engine",
      "buildout",
      "--spec",
      this.place.path("spec.json"),
    ]);
    const lines = output.split("\n").filter((line) => readPartLine(line) !== undefined);
    return { code, output, lines };
  }

  dispose(): void {
    this.place.remove();
  }
}
