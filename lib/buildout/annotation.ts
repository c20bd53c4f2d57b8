/**
 * A whole configuration as one JSON text, in the shape of the conformance cases.
 *
 * Written straight into text: for the thousands of options of a large profile, building objects to stringify them
 * costs several times as much as resolving them. Maps are walked with `forEach`, which allocates nothing for an entry.
 *
 *     {"error": null | {"error": text, "type": code},
 *      "sections": {section: {option: raw value}},           before macros and substitution
 *      "resolved": {section: {option: value | {"error": text}}},
 *      "origin":   {section: {option: [[operation, file], ...]}},
 *      "macros":   {section: {option: raw value}},           of the sections with `<`
 *      "files":    [file, ...]}
 *
 * Of a profile that cannot be loaded the four are null, and `partial` has the best that can still be said.
 */
import { stopsLoading } from "./diagnostics";
import { type OptionMap, valueHistory } from "./option-value";
import type { Resolution } from "./resolution";
import { ResolutionProblem } from "./substitution";

const quote = (text: string): string => JSON.stringify(text);

function quoteProblem(problem: ResolutionProblem): string {
  return `{"error":${quote(problem.message)}}`;
}

/** A `{…}` that grows. */
class ObjectText {
  private text = "";

  add(key: string, value: string): void {
    this.text += this.text === "" ? `${key}:${value}` : `,${key}:${value}`;
  }

  toString(): string {
    return `{${this.text}}`;
  }
}

interface AnnotationParts {
  readonly sections: string;
  readonly resolved: string;
  readonly origin: string;
  readonly macros: string;
}

function annotationParts(resolution: Resolution): AnnotationParts {
  const { configuration, substitution } = resolution;
  const keys = new Map<string, string>();
  const quoteKey = (key: string): string => {
    let quoted = keys.get(key);
    if (quoted === undefined) {
      quoted = quote(key);
      keys.set(key, quoted);
    }
    return quoted;
  };
  const rawText = (options: OptionMap): string => {
    const text = new ObjectText();
    options.forEach((value, option) => {
      text.add(quoteKey(option), quote(value.value));
    });
    return text.toString();
  };
  const originText = (options: OptionMap): string => {
    const text = new ObjectText();
    options.forEach((value, option) => {
      const steps =
        value.previous === undefined
          ? `["=",${quoteKey(value.source)}]`
          : valueHistory(value)
              .map((step) => `["${step.operation}",${quoteKey(step.source)}]`)
              .join();
      text.add(quoteKey(option), `[${steps}]`);
    });
    return text.toString();
  };
  const resolvedText = (section: string): string => {
    const text = new ObjectText();
    for (const option of substitution.optionNames(section)) {
      const value = substitution.value(section, option)!;
      text.add(quoteKey(option), typeof value === "string" ? quote(resolution.present(value)) : quoteProblem(value));
    }
    return text.toString();
  };

  const sections = new ObjectText();
  const resolved = new ObjectText();
  const origin = new ObjectText();
  const macros = new ObjectText();
  for (const name of substitution.sectionNames()) {
    const key = quoteKey(name);
    const own = configuration.sections.get(name)!;
    sections.add(key, rawText(own));
    origin.add(key, originText(own));
    const expanded = substitution.rawOptions(name);
    if (expanded instanceof ResolutionProblem) {
      const failure = `{"<":${quoteProblem(expanded)}}`;
      resolved.add(key, failure);
      if (own.has("<")) macros.add(key, failure);
    } else {
      resolved.add(key, resolvedText(name));
      if (own.has("<") && name !== "buildout") macros.add(key, rawText(expanded));
    }
  }
  return {
    sections: sections.toString(),
    resolved: resolved.toString(),
    origin: origin.toString(),
    macros: macros.toString(),
  };
}

export function annotationText(resolution: Resolution): string {
  const { sections, resolved, origin, macros } = annotationParts(resolution);
  const parts = `"sections":${sections},"resolved":${resolved},"origin":${origin},"macros":${macros}`;
  const failure = resolution.configuration.diagnostics.find(stopsLoading);
  if (failure === undefined) return `{"error":null,${parts},"files":${JSON.stringify(resolution.files)}}`;
  const error = JSON.stringify({ error: failure.message, type: failure.code });
  const files = JSON.stringify(resolution.configuration.filesBeforeFailure);
  const nothing = `"sections":null,"resolved":null,"origin":null,"macros":null`;
  return `{"error":${error},${nothing},"files":${files},"partial":{${parts}}}`;
}
