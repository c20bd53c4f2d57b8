"use client";
import { useId, useLayoutEffect, useRef } from "react";
import type { EffectiveSectionInfo } from "@/lib/protocol/language";
import { PlaceLink } from "../profile/place-link";

export interface OptionText {
  readonly section: string;
  readonly option: string;
  /** Undefined: as the value suggests. */
  readonly operator: "=" | "+=" | "-=" | undefined;
  readonly value: string;
}

const OPERATORS = [
  ["+=", "Add lines"],
  ["=", "Replace"],
  ["-=", "Take lines out"],
] as const;

/** Section, option with its value and where that comes from, and the change. */
export function OptionFields({
  text,
  effective,
  sections,
  onChange,
}: {
  readonly text: OptionText;
  readonly effective: EffectiveSectionInfo | undefined;
  readonly sections: readonly string[];
  readonly onChange: (text: OptionText) => void;
}) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const first = text.section === "" ? "select" : text.option === "" ? "input" : "textarea";
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the person begins; later they move by themselves
  useLayoutEffect(() => box.current?.querySelector<HTMLElement>(first)?.focus(), []);
  const current = effective?.options.find(({ name }) => name === text.option);
  const known = text.section === "" || sections.includes(text.section) ? sections : [text.section, ...sections];
  return (
    <div ref={box} className="flex min-h-0 flex-1 flex-col gap-3">
      <div className="grid grid-cols-2 gap-3">
        <label className="block">
          <span className="mb-1 block text-xs">Section</span>
          <select
            className="field font-mono"
            aria-label="Section"
            value={text.section}
            onChange={({ target }) => onChange({ section: target.value, option: "", operator: undefined, value: "" })}
          >
            {text.section === "" && <option value="">choose</option>}
            {known.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="block">
          <span className="mb-1 block text-xs">Option</span>
          <input
            className="field font-mono"
            list={`${id}-options`}
            value={text.option}
            spellCheck={false}
            placeholder="choose or type a new one"
            onChange={({ target }) =>
              onChange({ section: text.section, option: target.value, operator: undefined, value: "" })
            }
          />
        </label>
      </div>
      <datalist id={`${id}-options`}>
        {effective?.options.map(({ name, raw }) => (
          <option key={name} value={name}>
            {raw.slice(0, 60)}
          </option>
        ))}
      </datalist>
      <div className="text-xs">
        <span className="mb-1 block">Value now</span>
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long value is scrolled by keys
          tabIndex={0}
          aria-label="Value now"
          className="max-h-40 min-h-8 overflow-auto rounded-md border bg-sunken p-2 font-mono break-all whitespace-pre-wrap text-text"
        >
          {current?.raw ?? (text.option === "" ? "" : "(not there)")}
        </section>
        {current && (
          <ul className="mt-1 flex flex-wrap gap-x-3" aria-label="Where it comes from">
            {current.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the chain
              <li key={index}>
                <span className="font-mono text-faint">{step.operation}</span>{" "}
                {step.place ? <PlaceLink place={step.place} /> : step.source}
              </li>
            ))}
          </ul>
        )}
      </div>
      <fieldset className="flex flex-wrap gap-4">
        <legend className="sr-only">How</legend>
        {OPERATORS.filter(([operator]) => operator === "=" || current !== undefined).map(([operator, title]) => (
          <label key={operator} className="flex items-center gap-1.5 text-text">
            <input
              type="radio"
              name={`${id}-operator`}
              checked={text.operator === operator}
              onChange={() =>
                onChange({
                  ...text,
                  operator,
                  value: operator === "=" && text.value === "" ? (current?.raw ?? "") : text.value,
                })
              }
            />
            {title} <span className="font-mono text-faint">{operator}</span>
          </label>
        ))}
      </fieldset>
      <label className="flex max-h-64 min-h-24 flex-1 flex-col">
        <span className="mb-1 block text-xs">
          {text.operator === "+=" ? "Lines to add" : text.operator === "-=" ? "Lines to take out" : "New value"}
        </span>
        <textarea
          className="field min-h-20 flex-1 font-mono"
          value={text.value}
          spellCheck={false}
          onChange={({ target }) => onChange({ ...text, value: target.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
      </label>
    </div>
  );
}
