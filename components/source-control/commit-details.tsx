"use client";
import { ChevronDown, Copy } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { count } from "@/lib/base/count";
import { openCommitChange } from "./change-actions";
import { ChangedFiles } from "./changed-files";
import { openCommit } from "./commit-actions";
import { toCommitMenu } from "./commit-menu";
import { describeAge, describeDate, toShortId } from "./git-words";
import { RefLabels } from "./ref-labels";
import { useAnswer, useHistoryMark } from "./use-answer";

/** One commit: who, when, the whole message, and the files that it changed. */
export function CommitDetails({ id, refs }: { readonly id: string; readonly refs: readonly string[] }) {
  const app = useApp();
  const branch = useValue(app.git.state, ({ status }) => status?.branch);
  const ask = () => app.git.ask((at) => app.api.readGitCommit({ ...at, query: { ...at.query, revision: id } }));
  const { value, error, reload } = useAnswer(ask, `${id} ${useHistoryMark()}`);
  if (error !== undefined) return <ErrorState error={error} onRetry={reload} />;
  // The details of the row before must not be taken for those of this one.
  if (!value || value.commit.id !== id)
    return (
      <div className="grid h-full place-items-center">
        <Spinner label="Reading the commit" />
      </div>
    );
  const commit = { ...value.commit, refs: [...refs] };
  const { author, committer, message, parents } = commit;
  const [subject = "", ...rest] = message.trim().split("\n");
  const body = rest.join("\n").trim();
  const isByOther = committer.name !== author.name || committer.email !== author.email;
  return (
    <article aria-label={`Commit ${toShortId(id)}`} className="flex h-full min-h-0 flex-col">
      <header className="max-h-[60%] shrink-0 overflow-y-auto border-b px-4 py-3">
        <div className="flex items-start gap-2">
          <h2 className="min-w-0 flex-1 text-sm font-semibold break-words">{subject}</h2>
          <MenuButton label="Actions on the commit" items={() => toCommitMenu(app, commit)} align="end">
            {(button) => (
              <Button size="small" {...button}>
                Actions <ChevronDown size={12} aria-hidden />
              </Button>
            )}
          </MenuButton>
        </div>
        {commit.refs.length > 0 && (
          <div className="mt-1.5 flex flex-wrap gap-1">
            <RefLabels refs={commit.refs} branch={branch} />
          </div>
        )}
        <p className="mt-1.5 text-xs text-muted">
          <span className="text-text" data-tip={author.email}>
            {author.name}
          </span>{" "}
          · <span data-tip={describeDate(author.at)}>{describeAge(author.at)}</span> · {describeDate(author.at)}
          {isByOther && ` · committed by ${committer.name}`}
        </p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <code className="select-all">{id}</code>
          <IconButton label="Copy commit id" size={20} onClick={() => void navigator.clipboard.writeText(id)}>
            <Copy size={12} />
          </IconButton>
          {parents.map((parent, at) => (
            <button key={parent} type="button" className="hover:underline" onClick={() => openCommit(app, parent)}>
              {parents.length > 1 ? `parent ${at + 1}` : "parent"} <code>{toShortId(parent)}</code>
            </button>
          ))}
        </p>
        {body !== "" && <pre className="mt-2 font-mono text-xs break-words whitespace-pre-wrap">{body}</pre>}
      </header>
      <h3 className="shrink-0 px-4 pt-2 pb-1 text-2xs font-semibold tracking-wide text-muted uppercase">
        {count(value.changes.length, "changed file")}
        {parents.length > 1 && ", against the first parent"}
      </h3>
      <div className="min-h-0 flex-1">
        <ChangedFiles
          label={`Files of ${toShortId(id)}`}
          changes={value.changes}
          onOpen={(change) => openCommitChange(app, commit, change)}
        />
      </div>
    </article>
  );
}
