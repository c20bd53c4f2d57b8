"use client";
import { classNames } from "@/components/ui/class-names";
import { useApp } from "@/components/workbench/app-context";
import { PlaceLink } from "./place-link";
import { ProfileFrame } from "./profile-frame";
import { EFFECTIVE_VIEW, fromProfileKey, toProfileKey } from "./profile-key";
import { useProfile } from "./use-profile";

/** The parts in the order in which buildout installs them, with what each waits for. */
export function PartsView({ viewKey }: { readonly viewKey: string }) {
  const app = useApp();
  const { path } = fromProfileKey(viewKey);
  const found = useProfile("buildout/parts", path, {});
  const openPart = (name: string) => app.editors.openView(EFFECTIVE_VIEW, toProfileKey(path, name), `[${name}]`);
  return (
    <ProfileFrame
      title="Parts in build order"
      detail={path}
      found={found}
      tools={found.state === "here" && <span className="text-xs text-muted">{found.answer.parts.length} parts</span>}
    >
      {({ parts }) => (
        <table className="w-full text-xs @max-3xl:block" aria-label="Parts in build order">
          <thead className="text-left text-faint @max-3xl:sr-only">
            <tr>
              <th className="px-4 py-1.5 font-normal">#</th>
              <th className="px-2 font-normal">Part</th>
              <th className="px-2 font-normal">Recipe</th>
              <th className="px-2 font-normal">After</th>
              <th className="px-4 font-normal">Written in</th>
            </tr>
          </thead>
          <tbody className="@max-3xl:block">
            {parts.map((part, index) => (
              // Where there is little room, what is known of a part stands below its name.
              <tr
                key={part.name}
                className="border-t align-top hover:bg-hover @max-3xl:grid @max-3xl:grid-cols-[3rem_minmax(0,1fr)] @max-3xl:py-1"
              >
                <td className="w-10 px-4 py-1 text-right text-faint @max-3xl:row-span-4 @max-3xl:w-auto @max-3xl:px-2">
                  {index + 1}
                </td>
                <td className="px-2 py-1 font-mono wrap-anywhere">
                  <button type="button" className="text-left hover:underline" onClick={() => openPart(part.name)}>
                    {part.name}
                  </button>
                  {part.requested && (
                    <span
                      className="ml-2 rounded bg-pressed px-1 text-2xs whitespace-nowrap text-muted"
                      data-tip="Named in buildout:parts"
                    >
                      asked for
                    </span>
                  )}
                </td>
                <td className="px-2 py-1 font-mono wrap-anywhere text-muted @max-3xl:pt-0">
                  {part.exists ? (part.recipe ?? "no recipe") : <span className="text-bad">no such section</span>}
                </td>
                <td
                  className={classNames(
                    "px-2 py-1 font-mono text-muted @max-3xl:pt-0",
                    part.dependencies.length === 0 && "@max-3xl:hidden",
                  )}
                >
                  <span className="flex flex-wrap gap-x-2">
                    <span className="hidden font-sans @max-3xl:inline">after</span>
                    {part.dependencies.map((name) => (
                      <button key={name} type="button" className="hover:underline" onClick={() => openPart(name)}>
                        {name}
                      </button>
                    ))}
                  </span>
                </td>
                <td className="px-4 py-1 wrap-anywhere @max-3xl:px-2 @max-3xl:pt-0">
                  {part.place && <PlaceLink place={part.place} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ProfileFrame>
  );
}
