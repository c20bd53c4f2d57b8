/** What is kept as JSON beside a run. */
import type { z } from "zod";
import type { Files } from "@/server/platform/files";

/** Undefined where there is none; half a file of a full disk is as good as none. */
export async function readKept<Schema extends z.ZodType>(
  files: Pick<Files, "find">,
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const bytes = await files.find(path);
  try {
    return bytes && schema.safeParse(JSON.parse(bytes.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
