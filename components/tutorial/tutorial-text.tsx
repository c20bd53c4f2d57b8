import type { TutorialBlock } from "@/lib/protocol/tutorial";

/** Text of a step: paragraphs, lists and code; what stands between back quotes is code. */
export function TutorialText({ blocks }: { readonly blocks: readonly TutorialBlock[] }) {
  return blocks.map((block, index) => {
    // The text of a step does not change while it is shown.
    const key = `${block.kind}-${index}`;
    if (block.kind === "code")
      return (
        <pre key={key} className="my-3 overflow-x-auto rounded-md border bg-sunken px-3 py-2 font-mono text-[0.85em]">
          {block.text}
        </pre>
      );
    if (block.kind === "list")
      return (
        <ul key={key} className="my-3 list-disc space-y-1 pl-5">
          {block.items.map((item) => (
            <li key={item}>
              <Words text={item} />
            </li>
          ))}
        </ul>
      );
    return (
      <p key={key} className="my-3">
        <Words text={block.text} />
      </p>
    );
  });
}

function Words({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text are their places
      <code key={index} className="rounded bg-sunken px-1 font-mono text-[0.88em]">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
