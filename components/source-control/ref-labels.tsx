import { Cloud, GitBranch, Tag } from "lucide-react";
import { classNames } from "@/components/ui/class-names";
import { toRefName } from "./git-words";

/** The branches and tags that stand at a commit; a remote branch beside its local one of the same name is one word less. */
export function RefLabels({ refs, branch }: { readonly refs: readonly string[]; readonly branch: string | undefined }) {
  return refs.map((ref) => {
    const isTag = ref.startsWith("refs/tags/");
    const isRemote = ref.startsWith("refs/remotes/");
    const isCurrent = ref === `refs/heads/${branch}` || ref === "HEAD";
    const Icon = isTag ? Tag : isRemote ? Cloud : GitBranch;
    return (
      <span
        key={ref}
        data-tip={isTag ? "Tag" : isRemote ? "Remote branch" : isCurrent ? "You are here" : "Branch"}
        className={classNames(
          "flex max-w-40 shrink-0 items-center gap-1 rounded-full border px-1.5 text-2xs leading-4",
          isCurrent
            ? "border-transparent bg-accent-fill text-on-accent"
            : isTag
              ? "border-warn/50 text-warn"
              : isRemote
                ? "text-muted"
                : "border-accent/60 text-accent",
        )}
      >
        <Icon size={10} aria-hidden className="shrink-0" />
        <span className="truncate">{ref === "HEAD" ? "HEAD, detached" : toRefName(ref)}</span>
      </span>
    );
  });
}
