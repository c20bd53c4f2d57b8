/** The port to a program that reads text and writes text; `undefined` when it cannot be run or fails. */
export interface Commands {
  run(program: string, args: readonly string[], input: string, timeoutMs: number): Promise<string | undefined>;
}
