"use client";
import { isSecretName, type ParameterChange } from "@/lib/client/instance-words";

/** Parameters that differ, each with both values. */
export function ParameterChanges({
  title,
  changes,
  before,
  after,
}: {
  readonly title: string;
  readonly changes: readonly ParameterChange[];
  readonly before: string;
  readonly after: string;
}) {
  if (changes.length === 0) return null;
  return (
    <table aria-label={title} className="my-1.5 w-full table-fixed border-collapse text-2xs">
      <thead>
        <tr className="text-left text-muted">
          <th className="py-0.5 pr-2 font-medium">{title}</th>
          <th className="py-0.5 pr-2 font-medium">{before}</th>
          <th className="py-0.5 font-medium">{after}</th>
        </tr>
      </thead>
      <tbody className="font-mono">
        {changes.map((change) => (
          <tr key={change.name} className="border-t align-top">
            <th className="py-0.5 pr-2 text-left font-normal break-all">{change.name}</th>
            <Value name={change.name} text={change.before} />
            <Value name={change.name} text={change.after} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ name, text }: { readonly name: string; readonly text: string | undefined }) {
  if (text === undefined) return <td className="py-0.5 pr-2 text-faint">none</td>;
  return <td className="py-0.5 pr-2 break-all">{isSecretName(name) ? "••••••••" : text}</td>;
}
