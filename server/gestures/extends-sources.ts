/** Where each extends of a profile comes from, and whether the addresses among them answer. */
import { createLineIndex } from "@/lib/base/text-range";
import { isUrl } from "@/lib/buildout";
import { type EdgeSource, type ExtendsEdge, listEdges } from "@/lib/gestures/extends-source";
import type { ExtendsEdgeInfo, ExtendsSources } from "@/lib/protocol";
import { toConfinedPath } from "@/server/platform/confined-path";
import { type GestureProject, hostsOf, openTexts } from "./gesture-maker";
import { toRepositoryFacts } from "./gesture-repository";
import { toInner, toOuter } from "./gesture-texts";

export async function listExtendsSources(
  project: GestureProject,
  profile: string,
  reach: boolean,
): Promise<ExtendsSources> {
  const path = toConfinedPath(profile);
  const { options, texts } = await openTexts(project, path);
  const found = await project.withRepository(path, (repository) => {
    const facts = repository && toRepositoryFacts(repository, texts);
    return {
      repository,
      hosts: repository ? hostsOf(repository) : [],
      edges: listEdges(options, toInner(path), facts),
    };
  });
  const { repository, hosts, edges } = found;
  if (reach)
    await project.web.fetch(
      edges.filter((edge) => isUrl(edge.path)).map((edge) => edge.path),
      hosts,
      true,
    );
  const lineOf = ({ profile: file, start }: ExtendsEdge): number => {
    const text = options.source.read(file);
    return typeof text === "string" ? createLineIndex(text).toPosition(start).line + 1 : 1;
  };
  const toInfo = (edge: ExtendsEdge): ExtendsEdgeInfo => {
    const { source, checkout } = edge;
    const text = isUrl(edge.path) ? project.web.find(edge.path) : undefined;
    const problem = isUrl(edge.path) ? project.web.findProblem(edge.path) : undefined;
    const own = checkout === undefined ? undefined : texts.read(checkout);
    const reachable = isUrl(edge.path) ? (problem === undefined ? (text ? true : undefined) : false) : !edge.missing;
    return {
      profile: toOuter(edge.profile),
      line: lineOf(edge),
      name: edge.name,
      path: toOuter(edge.path),
      ...toSourceInfo(source),
      ...(checkout !== undefined && { checkout: toOuter(checkout) }),
      ...(reachable !== undefined && { reachable }),
      ...(problem !== undefined && { problem }),
      ...(!isUrl(edge.path) && edge.missing && { problem: "There is no such file." }),
      ...(text && { fetchedAt: text.fetchedAt }),
      ...(text && own !== undefined && { differs: own !== text.text }),
    };
  };
  return {
    profile: path,
    ...(repository && { repository: repository.path }),
    ...(repository?.branch !== undefined && { branch: repository.branch }),
    remotes: (repository?.remotes ?? []).map(({ name, url }) => ({
      name,
      url,
      branches: (repository?.branches ?? []).filter(({ remote }) => remote === name).map((branch) => branch.name),
    })),
    tags: [...(repository?.tags ?? [])],
    edges: edges.map(toInfo),
  };
}

export function toSourceInfo(source: EdgeSource): Pick<ExtendsEdgeInfo, "source" | "ref" | "repository" | "remote"> {
  return {
    source: source.kind,
    ...("ref" in source && { ref: source.ref, repository: source.repository }),
    ...("remote" in source && source.remote !== undefined && { remote: source.remote }),
  };
}
