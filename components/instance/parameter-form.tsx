"use client";
import "./parameter-form.css";
// The package's own index also loads a test helper, which needs a validator that compiles.
import Form from "@rjsf/core/lib/components/Form.js";
import type { ErrorSchema, RJSFSchema, UiSchema } from "@rjsf/utils";
import { useId, useMemo } from "react";
import type { ParameterProblem } from "@/lib/protocol/parameters";
import { hasOwnValues, resolveSchema, type Values, withConstants } from "./choice-values";
import { createFormValidator } from "./form-validator";

const validator = createFormValidator();

/** Parameters as a form, made from the release's schema. What is not filled in is not asked for. */
export default function ParameterForm({
  schema,
  values,
  problems,
  onChange,
}: {
  readonly schema: RJSFSchema;
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly ParameterProblem[];
  readonly onChange: (values: Record<string, unknown>) => void;
}) {
  // The same instance may be shown twice on the page.
  const id = useId();
  const errors = useMemo(() => toErrorSchema(problems), [problems]);
  const ui = useMemo(() => toUiSchema(schema, schema, 0), [schema]);
  // The whole's own title is the view's heading already.
  const shown = useMemo(() => ({ ...schema, title: undefined, $schema: undefined }), [schema]);
  return (
    <Form
      tagName="div"
      className="parameter-form"
      idPrefix={`parameter${id}`}
      schema={shown}
      uiSchema={ui}
      formData={values}
      validator={validator}
      extraErrors={errors}
      noHtml5Validate
      showErrorList={false}
      liveValidate
      experimental_defaultFormStateBehavior={{
        emptyObjectFields: "skipDefaults",
        arrayMinItems: { populate: "never" },
        constAsDefaults: "skipOneOf",
      }}
      onChange={({ formData }) => onChange(withConstants((formData ?? {}) as Values, schema))}
    >
      {/* Its own button is left out: the view has buttons for all ways to edit. */}
      <span />
    </Form>
  );
}

/** Problems by pointer as the tree that the form library wants. */
export function toErrorSchema(problems: readonly ParameterProblem[]): ErrorSchema {
  const root: Record<string, unknown> = Object.create(null);
  for (const { pointer, message } of problems) {
    let current = root;
    for (const part of pointer.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      current[name] ??= Object.create(null);
      current = current[name] as Record<string, unknown>;
    }
    current.__errors = [...((current.__errors as string[]) ?? []), message];
  }
  return root as ErrorSchema;
}

const UI_DEPTH = 6;

/** A default is what holds when nothing is asked for: shown where one would type, not filled in. */
function toUiSchema(schema: RJSFSchema | undefined, root: RJSFSchema, depth: number): UiSchema {
  const resolved = resolveSchema(schema, root);
  if (!resolved || depth > UI_DEPTH) return {};
  const ui: UiSchema = {};
  const { default: value } = resolved;
  if (value !== undefined && typeof value !== "object") ui["ui:placeholder"] = String(value);
  if (value !== undefined) ui["ui:help"] = `Default: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  if (resolved.const !== undefined) ui["ui:placeholder"] = String(resolved.const);
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const alternatives = resolved[keyword];
    if (!alternatives) continue;
    ui[keyword] = alternatives.map((each) =>
      typeof each === "object" ? toAlternativeUi(each as RJSFSchema, root, depth + 1) : {},
    );
  }
  for (const [name, property] of Object.entries(resolved.properties ?? {})) {
    if (typeof property === "object") ui[name] = toUiSchema(property as RJSFSchema, root, depth + 1);
  }
  return ui;
}

/** What an alternative is told by has one value, which the form fills in: only where there is nothing else it is shown. */
function toAlternativeUi(schema: RJSFSchema, root: RJSFSchema, depth: number): UiSchema {
  const ui = toUiSchema(schema, root, depth);
  const resolved = resolveSchema(schema, root);
  if (!resolved || !hasOwnValues(resolved, root)) return ui;
  for (const [name, property] of Object.entries(resolved.properties ?? {})) {
    const fixed = typeof property === "object" ? resolveSchema(property as RJSFSchema, root)?.const : undefined;
    if (fixed !== undefined) ui[name] = { ...ui[name], "ui:widget": "hidden" };
  }
  return ui;
}
