/**
 * The sockets. Client events are imperative and answered; server events tell what happened, in the past tense.
 *
 * The log is pulled with credit: after `log:subscribe` the server sends `log:chunk` with at most
 * `LOG_CHUNKS_IN_FLIGHT` unacknowledged chunks; the sequence number is the byte offset in the log file.
 */
import { z } from "zod";
import { defineEvent } from "./contract";
import type { EngineStatus } from "./engine";
import type { DownloadCheck } from "./explanations";
import type { GitTask } from "./git";
import { type LanguageEnded, type LanguageMessage, languageEvents } from "./language";
import { projectIdSchema } from "./project";
import type { RunAllInfo } from "./run-all";
import { type RunInfo, runIdSchema } from "./runs";
import {
  type TerminalInfo,
  type TerminalOutput,
  terminalIdSchema,
  terminalSchema,
  terminalSizeSchema,
} from "./terminals";

/** 256 KB × 4 gave the most lines a second of the sizes that were measured; see docs/decisions. */
export const LOG_CHUNK_BYTES = 256 * 1024;
export const LOG_CHUNKS_IN_FLIGHT = 4;

export const clientEvents = {
  watchProject: defineEvent({
    name: "project:watch",
    summary: "Hear of runs, files and instances of a project",
    access: "user",
    payload: z.object({
      project: projectIdSchema,
      opened: z.boolean().optional().describe("A page shows it from now on: the one that a new browser begins with"),
    }),
    reply: z.object({}),
  }),
  watchProcesses: defineEvent({
    name: "process:watch",
    summary:
      "Look at the project's processes every second while this page is there; `instance:changed` tells of changes",
    access: "user",
    payload: z.object({ project: projectIdSchema }),
    reply: z.object({}),
  }),
  subscribeLog: defineEvent({
    name: "log:subscribe",
    summary: "Pull a run's log from a byte offset",
    access: "user",
    payload: z.object({ run: runIdSchema, offset: z.number().int().nonnegative() }),
    reply: z.object({ sizeBytes: z.number().int() }),
  }),
  unsubscribeLog: defineEvent({
    name: "log:unsubscribe",
    summary: "Stop pulling",
    access: "user",
    payload: z.object({ run: runIdSchema }),
    reply: z.object({}),
  }),
  viewTerminal: defineEvent({
    name: "terminal:view",
    summary:
      "See a terminal's kept output from a byte offset on, then what comes, up to its `endOffset` once it has ended",
    access: "user",
    payload: z.object({ terminal: terminalIdSchema, offset: z.number().int().nonnegative() }),
    reply: z.object({ terminal: terminalSchema }),
  }),
  leaveTerminal: defineEvent({
    name: "terminal:leave",
    summary: "See it no longer; its program goes on",
    access: "user",
    payload: z.object({ terminal: terminalIdSchema }),
    reply: z.object({}),
  }),
  typeTerminal: defineEvent({
    name: "terminal:type",
    summary: "What was typed or pasted",
    access: "user",
    payload: z.object({ terminal: terminalIdSchema, data: z.string().max(1024 * 1024) }),
    reply: z.object({}),
  }),
  resizeTerminal: defineEvent({
    name: "terminal:resize",
    summary: "Its size in characters",
    access: "user",
    payload: z.object({ terminal: terminalIdSchema, ...terminalSizeSchema }),
    reply: z.object({}),
  }),
  ...languageEvents,
} as const;
export type ClientEvents = typeof clientEvents;

/** Bytes `offset` to `offset + bytes.length` of the log; the acknowledgement gives back one credit. */
export interface LogChunk {
  readonly run: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Everything up to `sizeBytes` has been sent and the run has ended. */
export interface LogEnded {
  readonly run: string;
  readonly sizeBytes: number;
}

export interface FileChanged {
  readonly project: string;
  readonly path: string;
  /** `changed` covers created too; for a folder, its listing. */
  readonly change: "changed" | "removed";
}

/** Server event name → payload. */
export interface ServerEvents {
  "run:changed": RunInfo;
  /** It need not be kept any more, and is gone with its log. */
  "run:removed": { readonly project: string; readonly run: string };
  /** How far the servers of a plan's downloads have been asked; told last when all were. */
  "downloads:asked": DownloadCheck;
  "engine:changed": EngineStatus;
  "file:changed": FileChanged;
  "draft:changed": { readonly project: string; readonly path: string };
  "run-all:changed": RunAllInfo;
  /** How far the tutorial is. */
  "tutorial:changed": { readonly project: string };
  /** Which recipe eggs are in development mode. */
  "recipe:changed": { readonly project: string };
  "instance:changed": { readonly project: string };
  /** Something in a repository was changed through the server. */
  "git:changed": { readonly project: string; readonly repository: string };
  "git:task-changed": GitTask;
  "language:message": LanguageMessage;
  "language:ended": LanguageEnded;
  "log:chunk": LogChunk;
  "log:ended": LogEnded;
  "terminal:changed": TerminalInfo;
  "terminal:output": TerminalOutput;
  /** It is gone with all that was in it. */
  "project:removed": { readonly project: string };
  /** The session was revoked; the socket closes. */
  "session:ended": Record<string, never>;
}
