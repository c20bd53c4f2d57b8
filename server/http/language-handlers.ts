/** Routes of a profile as a whole: effective values, extended files, parts. */
import { WebrunnerError } from "@/lib/base/errors";
import type { EffectiveSectionInfo, ExtendsViewInfo, PartsInfo } from "@/lib/protocol";
import type { LanguageKeeper } from "@/server/language/language-keeper";
import type { ProfileQuestion } from "@/server/language/worker-messages";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { Handlers } from "./route";

export interface LanguageHandlersDeps {
  readonly language: LanguageKeeper;
  /** `project/not-found` */
  readonly directoryOf: (project: string) => Promise<string>;
}

export function createLanguageHandlers({
  language,
  directoryOf,
}: LanguageHandlersDeps): Pick<Handlers, "profileEffective" | "profileTree" | "profileParts"> {
  const ask = async <T>(project: string, question: ProfileQuestion): Promise<T> => {
    const path = toConfinedPath(question.path);
    const found = await language.ask(project, await directoryOf(project), { ...question, path });
    if (found === undefined) throw new WebrunnerError("file/not-found", { message: "There is no such profile." });
    return found as T;
  };
  return {
    profileEffective: ({ params, query: { path, section = "buildout" } }) =>
      ask<EffectiveSectionInfo>(params.project, { kind: "effective", path, section }),
    profileTree: ({ params, query: { path } }) => ask<ExtendsViewInfo>(params.project, { kind: "extends", path }),
    profileParts: ({ params, query: { path } }) => ask<PartsInfo>(params.project, { kind: "parts", path }),
  };
}
