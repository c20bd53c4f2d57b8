/** The message that a commit of a promoted override is proposed with: `component/apache-php: enable gmp`. */
import { directoryOf } from "@/lib/buildout";

/** A subject longer than this is cut by every list of commits. */
const SUBJECT_LENGTH = 72;

/** `path` is the changed file's in the repository, `lines` are the lines that came into it. */
export function proposeCommitMessage(path: string, section: string, lines: readonly string[]): string {
  const where = directoryOf(path) || path;
  const features = lines.flatMap((line) => {
    const found = /^\s*(?:[\w-]+\s*[+-]?=\s*)?--(with|enable|without|disable)-([\w.+-]+)/.exec(line);
    return found ? [`${/^(?:with|enable)$/.test(found[1]!) ? "enable" : "disable"} ${found[2]}`] : [];
  });
  const options = lines.flatMap((line) => /^([^\s=#;[]+)\s*[+-]?=/.exec(line)?.[1] ?? []);
  const what =
    features.length > 0 ? features.join(", ") : `change ${options.length > 0 ? options.join(", ") : `[${section}]`}`;
  const subject = `${where}: ${what}`;
  return subject.length <= SUBJECT_LENGTH ? subject : `${where}: change [${section}]`;
}
