import type { InputHTMLAttributes } from "react";

/** A labelled field of the dialogs about remotes. */
export function FormField({
  label,
  hint,
  onText,
  ...input
}: {
  readonly label: string;
  readonly hint?: string;
  readonly onText: (text: string) => void;
} & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">) {
  return (
    <label className="block min-w-0 flex-1">
      <span className="mb-1 block text-xs text-text">{label}</span>
      <input
        className="field"
        spellCheck={false}
        autoComplete={input.type === "password" ? "new-password" : "off"}
        {...input}
        onChange={(event) => onText(event.target.value)}
      />
      {hint && <span className="mt-0.5 block text-2xs text-muted">{hint}</span>}
    </label>
  );
}
