/**
 * The engine's survey of what a run would fetch: eggs with all that they require in turn, and repositories; see
 * `survey.py`. It runs as the build user, and ends with who asked.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { Commands } from "@/server/platform/command";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files, Owner } from "@/server/platform/files";
import type { DevelopedRecipe } from "./engine";
import { toDriverArgv } from "./engine-driver";
import type { EngineEnvironment } from "./engine-environment";

const TIMEOUT_MS = 15 * 60_000;

const lineSchema = z.object({
  done: z.number().int().optional(),
  total: z.number().int().optional(),
  egg: z
    .object({
      requirement: z.string(),
      extras: z.array(z.string()),
      version: z.string().optional(),
      sizeBytes: z.number().int().nonnegative().optional(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      problem: z.string().optional(),
      requires: z.array(z.object({ requirement: z.string(), extras: z.array(z.string()) })).optional(),
    })
    .optional(),
  checkout: z
    .object({
      repository: z.string(),
      branch: z.string().optional(),
      revision: z.string().optional(),
      problem: z.string().optional(),
    })
    .optional(),
});
export type SurveyLine = z.infer<typeof lineSchema>;

export interface DownloadSurvey {
  /** Each line as it comes; `engine/not-ready`. */
  run(
    project: string,
    preflight: object,
    develop: readonly DevelopedRecipe[],
    options: { readonly signal: AbortSignal; readonly onLine: (line: SurveyLine) => void },
  ): Promise<void>;
}

export interface DownloadSurveyOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  readonly environment: Pick<EngineEnvironment, "python" | "ensureReady">;
  readonly commands: Commands;
}

export function createDownloadSurvey({
  files,
  layout,
  builder,
  environment,
  commands,
}: DownloadSurveyOptions): DownloadSurvey {
  return {
    async run(project, preflight, develop, { signal, onLine }) {
      environment.ensureReady();
      const { services, downloads } = layout.project(project);
      await files.ensureDirectory(services, { mode: 0o711 });
      await files.ensureDirectory(downloads, { owner: builder, mode: 0o755 });
      const path = join(services, `survey-${randomUUID()}.json`);
      await files.replace(path, JSON.stringify({ store: downloads, preflight, develop }), {
        mode: 0o600,
        owner: builder,
      });
      try {
        const [program, ...args] = toDriverArgv(environment.python, "survey", path);
        const decoder = new TextDecoder();
        let pending = "";
        for await (const chunk of commands.stream(program!, args, {
          directory: downloads,
          signal,
          timeoutMs: TIMEOUT_MS,
        })) {
          const lines = (pending + decoder.decode(chunk, { stream: true })).split("\n");
          pending = lines.pop()!;
          for (const line of lines) {
            const parsed = line.startsWith("{") ? lineSchema.safeParse(JSON.parse(line)) : undefined;
            if (parsed?.success) onLine(parsed.data);
          }
        }
      } catch (error) {
        if (signal.aborted || (error instanceof WebrunnerError && error.code !== "disk/failed")) throw error;
        throw new WebrunnerError(
          "engine/failed",
          { message: "What eggs require could not be found out.", hint: "Try again." },
          { cause: error },
        );
      } finally {
        await files.remove(path);
      }
    },
  };
}
