"use client";
import { CaseSensitive, ChevronDown, ChevronRight, Regex, ReplaceAll, WholeWord } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { SearchQuery } from "@/lib/client/file-search";

/** What is looked for, where, and what takes its place. */
export function SearchForm({ onReplaceAll }: { readonly onReplaceAll: () => void }) {
  const { fileSearch } = useApp();
  const { query, replaces, hits, focusAsked, progress } = useValue(fileSearch.state);
  const [showsPaths, setShowsPaths] = useState(query.include !== "" || query.exclude !== "");
  const field = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking takes the focus anew
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [focusAsked]);
  const toggle = (key: "regex" | "matchCase" | "words", label: string, icon: ReactNode) => (
    <IconButton
      label={label}
      size={20}
      active={query[key]}
      aria-pressed={query[key]}
      onClick={() => fileSearch.change({ [key]: !query[key] })}
    >
      {icon}
    </IconButton>
  );
  return (
    <form
      className="flex shrink-0 flex-col gap-1.5 px-2 pb-2"
      onSubmit={(event) => {
        event.preventDefault();
        void fileSearch.search();
      }}
    >
      <div className="flex gap-1">
        <IconButton
          label="Replace"
          size={20}
          aria-expanded={replaces}
          className="mt-1"
          onClick={() => fileSearch.showReplace(!replaces)}
        >
          {replaces ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
        </IconButton>
        <div className="flex min-w-0 flex-1 flex-col gap-1.5">
          <div className="relative">
            <input
              ref={field}
              className="field pr-17"
              aria-label="Find in files"
              placeholder="Find"
              value={query.text}
              spellCheck={false}
              data-focus-first
              onChange={(event) => fileSearch.change({ text: event.target.value })}
            />
            <div className="absolute top-1 right-1 flex">
              {toggle("matchCase", "Match case", <CaseSensitive size={15} />)}
              {toggle("words", "Whole words", <WholeWord size={15} />)}
              {toggle("regex", "Regular expression", <Regex size={14} />)}
            </div>
          </div>
          {replaces && (
            <div className="flex gap-1">
              <input
                className="field"
                aria-label="Replacement"
                placeholder={query.regex ? "Replace ($1 is a group)" : "Replace"}
                value={query.replacement}
                spellCheck={false}
                onChange={(event) => fileSearch.change({ replacement: event.target.value })}
              />
              <IconButton
                label="Replace all"
                size={28}
                disabled={hits.length === 0 || progress !== undefined}
                onClick={onReplaceAll}
              >
                <ReplaceAll size={15} />
              </IconButton>
            </div>
          )}
        </div>
      </div>
      <button
        type="button"
        className="self-start rounded px-1 text-2xs text-muted hover:bg-hover"
        aria-expanded={showsPaths}
        onClick={() => setShowsPaths(!showsPaths)}
      >
        {showsPaths ? "Fewer options" : "Only some files…"}
      </button>
      {showsPaths && (
        <>
          <PathField name="include" label="Only in" example="*.cfg, component" query={query} />
          <PathField name="exclude" label="Not in" example="*.in, stack/monitor" query={query} />
        </>
      )}
    </form>
  );
}

function PathField(props: {
  readonly name: "include" | "exclude";
  readonly label: string;
  readonly example: string;
  readonly query: SearchQuery;
}) {
  const { fileSearch } = useApp();
  return (
    <label className="flex items-center gap-2 text-2xs text-muted">
      <span className="w-10 shrink-0">{props.label}</span>
      <input
        className="field text-xs"
        placeholder={props.example}
        value={props.query[props.name]}
        spellCheck={false}
        onChange={(event) => fileSearch.change({ [props.name]: event.target.value })}
      />
    </label>
  );
}
