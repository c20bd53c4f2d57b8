/** Tags alone to a remote, or away from it. A tag that the remote has elsewhere is refused there, not moved. */
import { WebrunnerError } from "@/lib/base/errors";
import { isRefName } from "@/lib/git/ref-name";
import { call, type ExchangeContext, knownRefs, objectsOf } from "./exchange";
import { getRemoteUrl } from "./remotes";
import type { Repository } from "./repository";

export interface TagPush {
  readonly remote: string;
  readonly tags: readonly string[];
  /** Delete them there. */
  readonly remove?: boolean;
}

export async function pushTags(repository: Repository, context: ExchangeContext, request: TagPush): Promise<void> {
  const refspecs = request.tags.map((tag) => {
    const name = `refs/tags/${tag}`;
    const id = isRefName(name) ? repository.refs.resolve(name) : undefined;
    if (!isRefName(name) || (!id && !request.remove))
      throw new WebrunnerError("git/not-found", { message: `There is no tag ${tag}.` });
    return `${request.remove ? "" : id}:${name}`;
  });
  const shallow = repository.git.read("shallow");
  await call(context, getRemoteUrl(repository, request.remote, "push"), objectsOf(repository), {
    kind: "push",
    refs: knownRefs(repository),
    ...(shallow && { shallow }),
    refspecs,
  });
  repository.release();
}
