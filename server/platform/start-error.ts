/**
 * The server cannot start as it was asked to: `message` is the one line for the person who starts it, and names the
 * mend. Anything else that ends a start is a bug.
 */
export class StartError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "StartError";
  }
}
