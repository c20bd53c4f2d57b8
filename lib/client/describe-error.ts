/** An error in words for a person: what happened, and what to do about it. */
import { type ErrorCode, WebrunnerError } from "@/lib/base/errors";
import { ConnectionLost } from "./api";

export interface ErrorWords {
  readonly title: string;
  readonly hint?: string;
  readonly code?: string;
  readonly requestId?: string;
}

const TITLES: Partial<Record<ErrorCode, string>> = {
  "access/required": "You are signed out",
  "access/denied": "You may not do this",
  "access/too-many-attempts": "Too many attempts",
  "file/not-found": "The file does not exist any more",
  "file/exists": "There is already something with this name",
  "file/conflict": "The file was changed by someone else",
  "file/not-text": "This is not a text file",
  "file/refused": "This place is not open to you",
  "disk/full": "The disk is full",
  "disk/failed": "The disk did not take it",
  "request/too-large": "This is too large",
  "run/busy": "A run of this kind is going on",
  "engine/not-ready": "The engine is not ready yet",
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  "disk/full": "Nothing is lost: your text is kept here. Make room on the server and save again.",
  "access/too-many-attempts": "Wait a minute, then try again.",
  "file/exists": "Choose another name.",
};

export function describeError(error: unknown): ErrorWords {
  if (error instanceof ConnectionLost) {
    return { title: "The server does not answer", hint: "Your text is kept in this browser; trying again." };
  }
  if (error instanceof WebrunnerError) {
    const { message, hint, requestId } = error.data;
    const title = TITLES[error.code] ?? (message && message !== error.code ? message : "The server refused this");
    return {
      title,
      code: error.code,
      hint: hint ?? HINTS[error.code] ?? (message !== title ? message : undefined),
      ...(typeof requestId === "string" ? { requestId } : {}),
    };
  }
  return { title: "Something went wrong in this page", hint: error instanceof Error ? error.message : String(error) };
}
