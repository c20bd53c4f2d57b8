/**
 * Where files of a partition come from, in the words of the API: paths relative to where they are, places in the workspace.
 */
import { createLineIndex } from "@/lib/base/text-range";
import type { FileSource, FileStepInfo, Place } from "@/lib/protocol";
import { createFileSourceFinder, type FileSourceFinder, type SourcePlace } from "@/lib/slapos/source/file-source";
import type { NodePlaces } from "@/lib/slapos/source/levels";
import type { PlanDisk } from "@/server/platform/plan-disk";

export interface SourceReader {
  trace(file: string, line?: number): FileSource;
  listOutputs: FileSourceFinder["listOutputs"];
  /** The place of a line; undefined outside of the workspace. */
  toPlace(place: SourcePlace): Place | undefined;
}

export function createSourceReader(disk: PlanDisk, places: NodePlaces): SourceReader {
  const finder = createFileSourceFinder(disk, places);

  const toFile = (path: string): Pick<FileStepInfo, "root" | "path"> => {
    const roots = [
      ["partition", places.partition],
      ["software", places.softwareDirectory],
      ["workspace", places.workspace],
    ] as const;
    for (const [root, directory] of roots) {
      if (directory !== undefined && path.startsWith(`${directory}/`)) {
        return { root, path: path.slice(directory.length + 1) };
      }
    }
    // Where else it lies is the machine's business.
    return { root: "elsewhere", path: path.slice(path.lastIndexOf("/") + 1) };
  };

  const toPlace = ({ path, range }: SourcePlace): Place | undefined => {
    const text = disk.readText(path);
    if (text === undefined || !path.startsWith(`${places.workspace}/`)) return undefined;
    const index = createLineIndex(text);
    const start = index.toPosition(range.start);
    const end = index.toPosition(range.end);
    return {
      path: path.slice(places.workspace.length + 1),
      line: start.line + 1,
      column: start.column + 1,
      endLine: end.line + 1,
      endColumn: end.column + 1,
    };
  };

  return {
    toPlace,
    listOutputs: finder.listOutputs,
    trace(file, line) {
      const steps = finder.trace(file, line).map(
        ({ path, place, profile, ...rest }): FileStepInfo => ({
          ...toFile(path),
          ...rest,
          place: place && toPlace(place),
          profile: profile === undefined ? undefined : toFile(profile),
        }),
      );
      const last = steps.at(-1);
      const source: Place | undefined =
        last?.kind === "source" && last.root === "workspace"
          ? (last.place ?? { path: last.path, line: 1, column: 1, endLine: 1, endColumn: 1 })
          : undefined;
      // What no template became is written where its part is.
      return { steps, origin: source ?? steps.find(({ place }) => place)?.place };
    },
  };
}
