/** Monaco's own Monarch tokenizer, run without an editor. */
import type { languages } from "monaco-editor/editor";
// @ts-expect-error: Monaco ships no types of its inner modules
import { compile } from "monaco-editor/editor/standalone/common/monarch/monarchCompile.js";
// @ts-expect-error: Monaco ships no types of its inner modules
import { MonarchTokenizer } from "monaco-editor/editor/standalone/common/monarch/monarchLexer.js";

export interface TokenPiece {
  readonly token: string;
  readonly text: string;
}

interface Line {
  readonly tokens: readonly { readonly offset: number; readonly type: string }[];
  readonly endState: unknown;
}

export function tokenize(language: languages.IMonarchLanguage, text: string): readonly TokenPiece[] {
  const languageService = { languageIdCodec: undefined, isRegisteredLanguageId: () => false };
  const configuration = { getValue: () => 20_000, onDidChangeConfiguration: () => ({ dispose() {} }) };
  const lexer = compile("test", language);
  const tokenizer = new MonarchTokenizer(languageService, {}, "test", lexer, configuration);
  let state: unknown = tokenizer.getInitialState();
  const pieces: TokenPiece[] = [];
  for (const line of text.split("\n")) {
    const { tokens, endState }: Line = tokenizer.tokenize(line, true, state);
    state = endState;
    for (const [index, { offset, type }] of tokens.entries()) {
      const piece = line.slice(offset, tokens[index + 1]?.offset ?? line.length);
      const token = type.replace(new RegExp(`\\${language.tokenPostfix ?? ""}$`), "");
      if (piece !== "") pieces.push({ token: piece.trim() === "" ? "" : token, text: piece });
    }
  }
  return pieces;
}
