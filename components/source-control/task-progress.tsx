import { readGitLines, splitMessage } from "@/lib/client/git-transfer";
import type { GitTask } from "@/lib/protocol/git";

/** How far a transfer is. */
export function TaskBar({ task }: { readonly task: GitTask }) {
  return (
    <progress
      aria-label={`Progress of the ${task.kind}`}
      className="mt-1 h-1 w-full accent-(--accent)"
      {...(task.total ? { value: task.done, max: task.total } : {})}
    />
  );
}

/** What the remote printed, and git when it failed; addresses are links. */
export function TaskMessages({ task }: { readonly task: GitTask }) {
  const lines = [...task.messages, ...readGitLines(task)];
  if (lines.length === 0) return null;
  return (
    <pre data-remote-lines className="mt-1 max-h-40 overflow-auto font-mono text-2xs whitespace-pre-wrap break-words">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added
        <div key={index}>
          {splitMessage(line).map(({ text, url }) =>
            url ? (
              <a key={text} className="underline" href={url} target="_blank" rel="noopener noreferrer">
                {text}
              </a>
            ) : (
              text
            ),
          )}
        </div>
      ))}
    </pre>
  );
}
