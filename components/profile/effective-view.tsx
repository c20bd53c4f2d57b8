"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { EffectiveSectionInfo } from "@/lib/protocol/language";
import { PlaceLink } from "./place-link";
import { ProfileFrame } from "./profile-frame";
import { EFFECTIVE_VIEW, fromProfileKey, toProfileKey } from "./profile-key";
import { useProfile } from "./use-profile";

type Option = EffectiveSectionInfo["options"][number];

/** A section as buildout will see it: every option, its final value, and each place that had a say in it. */
export function EffectiveView({ viewKey }: { readonly viewKey: string }) {
  const app = useApp();
  const { path, section } = fromProfileKey(viewKey);
  const [top, setTop] = useState<string>();
  const [filter, setFilter] = useState("");
  const [raw, setRaw] = useState(false);
  const found = useProfile("buildout/effective", top ?? path, { section });
  const tops = useTops(path);
  const sections = found.state === "here" ? found.answer.sections : [section];
  const wanted = filter.toLowerCase();
  return (
    <ProfileFrame
      title={
        <select
          aria-label="Section"
          className="field max-w-72 py-0.5 font-mono"
          value={section}
          onChange={({ target }) =>
            app.editors.openView(EFFECTIVE_VIEW, toProfileKey(path, target.value), `[${target.value}]`)
          }
        >
          {(sections.includes(section) ? sections : [section, ...sections]).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      }
      detail={top ?? path}
      found={found}
      tools={
        <>
          {tops.length > 0 && (
            <select
              aria-label="As read by"
              className="field max-w-56 py-0.5 text-xs"
              value={top ?? path}
              onChange={({ target }) => setTop(target.value === path ? undefined : target.value)}
            >
              <option value={path}>as read by itself</option>
              {tops.map((name) => (
                <option key={name} value={name}>
                  as read by {name}
                </option>
              ))}
            </select>
          )}
          <input
            aria-label="Filter options"
            placeholder="Filter options"
            className="field w-36 py-0.5 text-xs"
            value={filter}
            onChange={({ target }) => setFilter(target.value)}
          />
          <label className="flex items-center gap-1 text-xs whitespace-nowrap text-muted">
            <input type="checkbox" checked={raw} onChange={({ target }) => setRaw(target.checked)} /> As written
          </label>
        </>
      }
    >
      {(answer) =>
        answer.exists ? (
          <>
            <SectionPlaces answer={answer} />
            <table className="w-full text-xs @max-3xl:block" aria-label={`Effective values of ${section}`}>
              <thead className="sr-only">
                <tr>
                  <th>Option</th>
                  <th>Value</th>
                  <th>Where it comes from</th>
                  <th>Change</th>
                </tr>
              </thead>
              <tbody className="@max-3xl:block">
                {answer.options
                  .filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted))
                  .map((option) => (
                    <OptionRow key={option.name} option={option} raw={raw} path={path} section={section} />
                  ))}
              </tbody>
            </table>
          </>
        ) : (
          <EmptyState title={`There is no section [${section}]`}>
            {top ?? path} and what it extends do not have it.
          </EmptyState>
        )
      }
    </ProfileFrame>
  );
}

function SectionPlaces({ answer }: { readonly answer: EffectiveSectionInfo }) {
  return (
    <p className="flex flex-wrap gap-x-3 px-4 py-2 text-xs text-muted">
      {answer.macros.length > 0 && <span>takes options of {answer.macros.map((name) => `[${name}]`).join(", ")}</span>}
      {answer.places.slice(-8).map((place) => (
        <PlaceLink key={`${place.path}:${place.line}`} place={place} />
      ))}
      {answer.places.length > 8 && <span>and {answer.places.length - 8} more</span>}
    </p>
  );
}

function OptionRow({
  option,
  raw,
  path,
  section,
}: {
  readonly option: Option;
  readonly raw: boolean;
  readonly path: string;
  readonly section: string;
}) {
  const { gestures } = useApp();
  const place = { path, section, option: option.name };
  const isOwn = option.steps.some((step) => step.place?.path === path);
  const isInherited = option.steps.some((step) => step.place && step.place.path !== path);
  return (
    // Where there is little room the value has a line of its own.
    <tr className="border-t align-top hover:bg-hover @max-3xl:flex @max-3xl:flex-wrap">
      <th
        scope="row"
        className="w-48 px-4 py-1.5 text-left font-mono font-medium break-all text-(--syntax-option) @max-3xl:w-full @max-3xl:pb-0"
      >
        {option.name}
      </th>
      <td className="px-2 py-1.5 @max-3xl:w-full @max-3xl:px-4 @max-3xl:py-1">
        <pre className="max-h-72 overflow-auto font-mono break-all whitespace-pre-wrap">
          {(raw ? option.raw : option.value).replace(/^\n/, "")}
        </pre>
        {option.problem && <p className="mt-1 text-bad">{option.problem}</p>}
      </td>
      <td className="w-[38%] px-4 py-1.5 @max-3xl:w-auto @max-3xl:flex-1 @max-3xl:pl-2">
        <ol>
          {option.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the chain
            <li key={index} className="flex gap-2">
              <span className="w-5 shrink-0 text-right font-mono text-faint">{step.operation}</span>
              <span className="min-w-0">
                {step.place ? <PlaceLink place={step.place} /> : <span className="text-muted">{step.source}</span>}
                {step.times > 1 && (
                  <span
                    className="ml-1 text-muted"
                    title={`${step.times} ways of extends lead to this file, and buildout takes each`}
                  >
                    × {step.times}
                  </span>
                )}
                {option.fromMacro && index === 0 && <span className="text-muted"> by [{option.fromMacro}]</span>}
                {option.steps.length > 1 && (
                  <pre className="max-h-24 overflow-hidden font-mono break-all whitespace-pre-wrap text-muted">
                    {step.text}
                  </pre>
                )}
              </span>
            </li>
          ))}
        </ol>
      </td>
      <td className="px-2 py-1 whitespace-nowrap">
        <Button size="small" variant="ghost" onClick={() => gestures.show({ kind: "override", ...place })}>
          Override…
        </Button>
        {isOwn && isInherited && (
          <Button size="small" variant="ghost" onClick={() => gestures.show({ kind: "promote", ...place })}>
            Promote…
          </Button>
        )}
      </td>
    </tr>
  );
}

/** Asked for once: it looks at the whole workspace. */
function useTops(path: string): readonly string[] {
  const language = useValue(useApp().language);
  const [tops, setTops] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    setTops([]);
    void language?.askProfile("buildout/tops", path, {}).then((found) => {
      if (!gone && found) setTops(found.filter((top) => top !== path));
    });
    return () => {
      gone = true;
    };
  }, [language, path]);
  return tops;
}
