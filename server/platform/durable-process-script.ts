/**
 * The POSIX shell program that stands between the server and a command that must outlive it.
 *
 * It leads a session of its own, so the server's end does not reach it; it keeps itself out of the command's process
 * group, so ending that group whole does not end the one who writes down how it ended. Its records appear by rename.
 * Passed to `sh -c` as text: a script file that an upgrade rewrites would change under a running shell.
 *
 * `claim`: created first of all, exclusively; a later server that came first has taken the command's place, and nothing
 * is begun. `process.json`: itself. `group.json`: the command, whose id is also its group's and session's.
 * `exit.json`: the exit code, last of all; a full disk is waited for.
 */
const STAMP = `
stamp() {
  read -r stat < "/proc/$1/stat"
  read -r boot < /proc/sys/kernel/random/boot_id
  name=$2 pid=$1
  set -- \${stat##*) }
  printf '{"pid":%s,"start":"%s","boot":"%s"}\\n' "$pid" "\${20}" "$boot" > "$directory/$name.tmp" &&
    mv -f "$directory/$name.tmp" "$directory/$name"
}
`;

const INNER = `
umask 077
directory=$1
shift
${STAMP}
stamp $$ group.json 2>/dev/null
umask 022
exec "$@"
`;

/** Arguments: the directory of the records, the text of `INNER`, then the command. */
const OUTER = `
exec 3>&2 2>/dev/null
umask 077
trap : HUP INT QUIT TERM
directory=$1
inner=$2
shift 2
${STAMP}
(set -C && : > "$directory/claim") || exit 1
stamp $$ process.json
(exec setsid sh -c "$inner" webrunner-command "$directory" "$@" 2>&3 3>&-)
code=$?
exec 3>&-
tries=0
until printf '{"code":%s}\\n' "$code" > "$directory/exit.json.tmp" && mv -f "$directory/exit.json.tmp" "$directory/exit.json"; do
  tries=$((tries + 1))
  [ "$tries" -lt 3600 ] || exit 1
  sleep 1
done
exit "$code"
`;

export function toDurableArgv(directory: string, argv: readonly string[]): [string, ...string[]] {
  return ["sh", "-c", OUTER, "webrunner-run", directory, INNER, ...argv];
}
