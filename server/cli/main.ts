/**
 * Entry of the command line: finds the noun and hands over.
 *
 * Invariant: nothing is loaded before it is known to be needed.
 */
import { COMMANDS } from "./commands";

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((noun) => noun.length));
  const lines = Object.entries(COMMANDS).map(([noun, { summary }]) => `  ${noun.padEnd(width)}  ${summary}`);
  return `usage: webrunner NOUN VERB [ARGUMENTS]\n\n${lines.join("\n")}\n\nwebrunner NOUN --help says more.\n`;
}

const [noun, ...args] = process.argv.slice(2);
const command = noun !== undefined && Object.hasOwn(COMMANDS, noun) ? COMMANDS[noun] : undefined;
if (command !== undefined) {
  const module = await command.load();
  process.exitCode = await module.run(args);
} else if (noun === undefined || noun === "--help" || noun === "help") process.stdout.write(usage());
else {
  process.stderr.write(`webrunner: there is no command ${noun}\n\n${usage()}`);
  process.exitCode = 4;
}
