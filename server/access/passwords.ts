/** Password hashes: argon2id with the parameters that OWASP names (19 MiB, two passes), off the main thread. */
import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { createTurns } from "@/lib/base/turns";

const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Each takes 19 MiB: more at once would let strangers fill the memory. */
const AT_ONCE = 2;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time when there is no hash. */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const inTurn = createTurns(AT_ONCE);
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => inTurn(() => hash(password, PARAMETERS)),
    async verify(hashed, password) {
      decoy ??= hash("nobody's password", PARAMETERS);
      const against = hashed ?? (await decoy);
      const same = await inTurn(() => verify(against, password));
      return same && hashed !== undefined;
    },
  };
}
