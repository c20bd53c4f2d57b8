/**
 * Colours of a buildout profile, plain or as a Jinja template (`.cfg`, `.cfg.in`, `.cfg.jinja2`).
 *
 * Line by line, as buildout reads: a section header, an option with its operator, a comment only in the first
 * column, anything indented continues a value. Jinja may stand anywhere and may span lines, so it is the only
 * thing with states. What text means is the language service's; this only has to be right about its shape.
 */
import type { languages } from "monaco-editor/editor";

export const buildoutLanguage: languages.IMonarchLanguage = {
  defaultToken: "value",
  tokenPostfix: ".buildout",
  brackets: [],
  wellKnown: ["extends", "parts", "recipe", "eggs", "develop", "versions", "install", "init", "update", "context"],
  jinjaWords: [
    "if elif else endif for in endfor set endset macro endmacro import from include extends block endblock call",
    "endcall filter endfilter raw endraw with without context do not and or is defined none true false as recursive",
  ]
    .join(" ")
    .split(" "),
  tokenizer: {
    root: [
      [/^[#;].*$/, "comment"],
      [/^(\[)([^\]:\s#{}]+)(\s*)(\])/, ["section.bracket", "section", "", "section.bracket"]],
      [
        /^(\[)([^\]:\s#{}]*)(\s*:)([^\]]*)(\])/,
        ["section.bracket", "section", "section.bracket", "section.condition", "section.bracket"],
      ],
      [/^(\[)/, { token: "section.bracket", next: "@header" }],
      [/^(<)(\s*)(=)/, ["option.macro", "", "operator"]],
      [
        /^([^\s[\]{}=:#;<+-](?:[^\s[\]{}=:+-]|[+-](?!\s*=))*)(\s*)([+-]?=>?|<=)/,
        [{ cases: { "$1@wellKnown": "option.known", "@default": "option" } }, "", "operator"],
      ],
      { include: "@inline" },
    ],
    header: [
      [/\]/, { token: "section.bracket", next: "@pop" }],
      [/\{\{-?/, { token: "template.delimiter", next: "@jinjaExpression" }],
      [/$/, { token: "", next: "@pop" }],
      [/[^\]{]+/, "section"],
      [/./, "section"],
    ],
    inline: [
      [/\{#/, { token: "comment", next: "@jinjaComment" }],
      [/\{%-?/, { token: "template.delimiter", next: "@jinjaStatement" }],
      [/\{\{-?/, { token: "template.delimiter", next: "@jinjaExpression" }],
      [/\$\$\{[^}\n]*\}?/, "reference.escaped"],
      [
        /(\$\{)([^:}\s]*)(:)([^}\s]*)(\})/,
        ["reference.bracket", "reference.section", "reference.bracket", "reference.option", "reference.bracket"],
      ],
      [/\$\{[^}\s]*\}?/, "reference"],
      [/\b(?:https?|ftp|file|git):\/\/[^\s${}]+/, "url"],
      [/\b[0-9a-f]{32}\b/, "number"],
      [/\b(?:true|false)\b(?=\s*$)/, "constant"],
      [/[^\s${}#[\]<>=+\-:hfgt0-9a-f]+/, "value"],
      [/\s+/, ""],
      [/./, "value"],
    ],
    jinjaComment: [
      [/#\}/, { token: "comment", next: "@pop" }],
      [/[^#]+/, "comment"],
      [/./, "comment"],
    ],
    jinjaStatement: [[/-?%\}/, { token: "template.delimiter", next: "@pop" }], { include: "@jinja" }],
    jinjaExpression: [[/-?\}\}/, { token: "template.delimiter", next: "@pop" }], { include: "@jinja" }],
    jinja: [
      [/[A-Za-z_]\w*/, { cases: { "@jinjaWords": "keyword", "@default": "template" } }],
      [/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/, "string"],
      [/\d+/, "number"],
      [/\s+/, ""],
      [/./, "template"],
    ],
  },
};

export const buildoutConfiguration: languages.LanguageConfiguration = {
  comments: { lineComment: "#" },
  brackets: [
    ["[", "]"],
    ["{", "}"],
    ["(", ")"],
  ],
  autoClosingPairs: [
    { open: "[", close: "]" },
    { open: "${", close: "}" },
    { open: "{{", close: "}}" },
    { open: "{%", close: "%}" },
    { open: '"', close: '"', notIn: ["comment"] },
  ],
  wordPattern: /[A-Za-z0-9_][A-Za-z0-9_.-]*/,
  onEnterRules: [],
};
