/** Bytes of a repository are not what git's formats say, or use a feature that we do not read. */
export class GitFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "GitFormatError";
  }
}
