/**
 * The one error class of the project, for when the world refused (missing, conflict, full, remote said no).
 *
 * A user's wrong text is not an error but a diagnostic; a broken assumption of ours is `invariant`; a cancelled
 * operation is an `AbortSignal`. The page decides by `code` and prints its own sentence; `hint` names the mend.
 */
export const ERROR_CODES = {
  "access/required": { status: 401, retryable: false },
  "access/denied": { status: 403, retryable: false },
  "access/origin": { status: 403, retryable: false },
  "access/too-many-attempts": { status: 429, retryable: true },
  "request/invalid": { status: 400, retryable: false },
  "request/not-found": { status: 404, retryable: false },
  "request/too-large": { status: 413, retryable: false },
  "file/not-found": { status: 404, retryable: false },
  "file/exists": { status: 409, retryable: false },
  "file/conflict": { status: 409, retryable: false },
  "file/not-text": { status: 415, retryable: false },
  "file/too-large": { status: 413, retryable: false },
  "file/is-directory": { status: 400, retryable: false },
  "file/not-directory": { status: 400, retryable: false },
  "file/refused": { status: 403, retryable: false },
  "disk/full": { status: 507, retryable: true },
  "disk/failed": { status: 500, retryable: true },
  "project/not-found": { status: 404, retryable: false },
  "project/busy": { status: 409, retryable: true },
  "project/has-work": { status: 409, retryable: false },
  "run/not-found": { status: 404, retryable: false },
  "run/busy": { status: 409, retryable: true },
  "run/finished": { status: 409, retryable: false },
  "run/refused": { status: 422, retryable: false },
  "recipe/no-checkout": { status: 422, retryable: false },
  "recipe/not-developed": { status: 404, retryable: false },
  "engine/not-ready": { status: 503, retryable: true },
  "engine/failed": { status: 502, retryable: true },
  "instance/not-found": { status: 404, retryable: false },
  "instance/parameters-invalid": { status: 422, retryable: false },
  "process/not-found": { status: 404, retryable: false },
  "process/no-supervisor": { status: 503, retryable: true },
  "process/failed": { status: 502, retryable: true },
  "service/unreachable": { status: 502, retryable: true },
  "language/unavailable": { status: 503, retryable: true },
  "terminal/not-found": { status: 404, retryable: false },
  "terminal/too-many": { status: 409, retryable: true },
  "terminal/failed": { status: 500, retryable: true },
  "git/no-repository": { status: 404, retryable: false },
  "git/not-found": { status: 404, retryable: false },
  "git/object-missing": { status: 404, retryable: false },
  "git/corrupt": { status: 422, retryable: false },
  "git/unsupported": { status: 422, retryable: false },
  "git/too-large": { status: 413, retryable: false },
  "git/locked": { status: 409, retryable: true },
  "git/changed": { status: 409, retryable: true },
  "git/name-taken": { status: 409, retryable: false },
  "git/invalid": { status: 400, retryable: false },
  "git/nothing-to-do": { status: 409, retryable: false },
  "git/would-overwrite": { status: 409, retryable: false },
  "git/conflicts": { status: 409, retryable: false },
  "git/in-progress": { status: 409, retryable: false },
  "git/identity-missing": { status: 422, retryable: false },
  "git/url-refused": { status: 400, retryable: false },
  "git/busy": { status: 409, retryable: true },
  "git/authentication-failed": { status: 422, retryable: false },
  "git/permission-denied": { status: 422, retryable: false },
  "git/remote-not-found": { status: 422, retryable: false },
  "git/host-unreachable": { status: 502, retryable: true },
  "git/certificate-refused": { status: 502, retryable: false },
  "git/host-unknown": { status: 409, retryable: false },
  "git/host-changed": { status: 409, retryable: false },
  "git/push-declined": { status: 422, retryable: false },
  "git/push-rejected": { status: 409, retryable: false },
  "git/remote-failed": { status: 502, retryable: true },
  "internal/failed": { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorData {
  /** One sentence for a person: what happened. */
  readonly message?: string;
  /** One sentence for a person: what to do about it. */
  readonly hint?: string;
  readonly [key: string]: unknown;
}

export class WebrunnerError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, data: ErrorData = {}, options: { cause?: unknown } = {}) {
    super(data.message ?? code, options);
    this.name = "WebrunnerError";
    this.code = code;
    this.data = data;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** We are wrong when this fails: caught per request, logged with a request id, the process lives. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
