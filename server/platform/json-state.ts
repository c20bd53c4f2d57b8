/**
 * One JSON document that the server keeps, checked when it is read.
 *
 * A document that is broken is set aside under another name, with a line in the log, and the server goes on with the
 * default: corrupt state never keeps it from starting, and never goes away unseen. Writes are atomic and in order.
 */
import { dirname } from "node:path";
import type { z } from "zod";
import type { Files } from "./files";

export interface StateLog {
  warn(facts: object, message: string): void;
}

export interface JsonState<Value> {
  readonly value: Value;
  /** In memory at once, on the disk when it resolves. */
  replace(value: Value): Promise<void>;
}

export interface JsonStateOptions<Schema extends z.ZodType> {
  readonly files: Files;
  readonly path: string;
  readonly schema: Schema;
  readonly initial: z.output<Schema>;
  readonly log: StateLog;
  readonly now: () => number;
}

export async function openJsonState<Schema extends z.ZodType>(
  options: JsonStateOptions<Schema>,
): Promise<JsonState<z.output<Schema>>> {
  const { files, path } = options;
  let value: z.output<Schema> = (await readJson(options)) ?? options.initial;
  let writing: Promise<void> = Promise.resolve();
  return {
    get value() {
      return value;
    },
    replace(next) {
      value = next;
      const write = async (): Promise<void> => {
        // A folder that is there keeps its mode: others may have to pass it.
        if (!(await files.findInfo(dirname(path)))) await files.ensureDirectory(dirname(path));
        // What is newest when its turn comes: a write that waited has been overtaken.
        await files.replace(path, `${JSON.stringify(value, undefined, 2)}\n`);
      };
      const done = writing.then(write);
      writing = done.catch(() => {
        // Its caller hears of it; the next write tries again.
      });
      return done;
    },
  };
}

/** The document, or undefined when there is none or it was broken and has been set aside. */
export async function readJson<Schema extends z.ZodType>({
  files,
  path,
  schema,
  log,
  now,
}: Omit<JsonStateOptions<Schema>, "initial">): Promise<z.output<Schema> | undefined> {
  const bytes = await files.find(path);
  if (!bytes) return undefined;
  try {
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    const aside = `${path}.broken-${now()}`;
    await files.move(path, aside);
    log.warn(
      { path, aside, reason: error instanceof Error ? error.message : String(error) },
      "A broken file was set aside",
    );
    return undefined;
  }
}
