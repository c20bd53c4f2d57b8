/**
 * Errors as the wire shows them: the code, a sentence, a hint; never a stack, an absolute path or a secret.
 *
 * An error that is not ours to tell is `internal/failed` with a request id that the log has too.
 */
import { ERROR_CODES, WebrunnerError } from "@/lib/base/errors";
import type { Problem } from "@/lib/protocol";

export interface ErrorLog {
  error(facts: object, message: string): void;
}

export function toProblem(error: unknown, requestId: string, log: ErrorLog): Problem {
  if (!(error instanceof WebrunnerError)) {
    log.error({ err: error, requestId }, "A request failed");
    return {
      code: "internal/failed",
      status: ERROR_CODES["internal/failed"].status,
      title: "Something went wrong in the server.",
      hint: `The server's log has the reason under ${requestId}.`,
      retryable: false,
      requestId,
    };
  }
  if (error.status >= 500) log.error({ err: error, requestId }, "A request was refused");
  const { message, hint, ...data } = error.data;
  return {
    code: error.code,
    status: error.status,
    title: message ?? error.code,
    hint,
    retryable: error.retryable,
    requestId,
    data: Object.keys(data).length > 0 ? data : undefined,
  };
}

export function toProblemResponse(problem: Problem): Response {
  const headers = new Headers({ "content-type": "application/problem+json" });
  const seconds = problem.data?.retryAfterSeconds;
  if (typeof seconds === "number") headers.set("retry-after", String(seconds));
  if (problem.code === "access/required") headers.set("www-authenticate", "Bearer");
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** A request that does not fit its contract: which field, and what is wrong with it. */
export function createInvalid(
  issues: readonly { path: PropertyKey[]; message: string }[],
  where: string,
): WebrunnerError {
  const [first] = issues;
  const field = [where, ...(first?.path.map(String) ?? [])].join(".");
  return new WebrunnerError("request/invalid", {
    message: `${field}: ${first?.message ?? "is not valid"}`,
    issues: issues
      .slice(0, 20)
      .map(({ path, message }) => ({ field: [where, ...path.map(String)].join("."), message })),
  });
}
