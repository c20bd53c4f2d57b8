"use client";
import { useMemo, useState } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { keymap } from "@/lib/client/keymap";

/** Every command with its keys: the one that editors usually have, and those that a browser leaves to a page. */
export function KeysView() {
  const app = useApp();
  const commands = useValue(app.commands.state);
  const [filter, setFilter] = useState("");
  const rows = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return [...commands.values()]
      .filter(({ isHidden }) => !isHidden)
      .map(({ id, title, category }) => ({
        id,
        title: category ? `${category}: ${title}` : title,
        keys: keymap.find(({ command }) => command === id)?.keys ?? [],
      }))
      .filter(({ title, keys }) => {
        const text = `${title} ${keys.join(" ")}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .sort((a, b) => Number(a.keys.length === 0) - Number(b.keys.length === 0) || a.title.localeCompare(b.title));
  }, [commands, filter]);
  return (
    <section aria-label="Keyboard shortcuts" className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-3 border-b px-4 py-2">
        <input
          className="field max-w-80"
          placeholder="Command or key"
          aria-label="Filter commands"
          value={filter}
          data-focus-first
          onChange={(event) => setFilter(event.target.value)}
        />
        <span className="text-xs text-muted">{rows.length} commands. Ctrl is ⌘ on a Mac.</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too */}
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0}>
        <table className="w-full text-xs" aria-label="Commands and their keys">
          <thead className="text-left text-muted">
            <tr>
              <th className="px-4 py-1.5 font-normal">Command</th>
              <th className="px-2 font-normal">Key</th>
              <th className="px-2 font-normal">Also</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, title, keys: [first, ...others] }) => (
              <tr key={id} className="border-t hover:bg-hover">
                <td className="px-4 py-1">{title}</td>
                <td className="px-2">{first && <kbd className="rounded border px-1 font-sans">{first}</kbd>}</td>
                <td className="px-2 text-muted">{others.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
