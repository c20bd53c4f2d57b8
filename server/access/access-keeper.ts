/**
 * Who may use the server: one account with sessions, tokens, a password, and one-time login links.
 *
 * Invariants: only hashes are kept, in a file that only the server's user can read; a session or token that was
 * revoked is refused at once and its sockets are told; the owner always has a way in (a new link, the printed one at
 * the next start, a device that signed in before).
 */
import { z } from "zod";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import { WebrunnerError } from "@/lib/base/errors";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";
import { type AttemptLimiter, createAttemptLimiter } from "./attempt-limiter";
import { createPasswords } from "./passwords";
import { createPublicId, createSecret, hashSecret, isSameHash } from "./secrets";

const DAY_MS = 24 * 3_600_000;
/** A session that is used lives on; one that is not ends after this. */
export const SESSION_MS = 30 * DAY_MS;
const DEVICE_MS = 365 * DAY_MS;
/** How stale the kept time of last use may be, so that reading does not write at every request. */
const TOUCH_MS = 3_600_000;
const LINK_MS = 3_600_000;
const LIMIT_OF_EACH = 200;
export const OWNER = "owner";

const keptSchema = z.object({ id: z.string(), hash: z.string(), createdAt: z.string(), usedAt: z.string() });
const accessStateSchema = z.object({
  password: z.string().optional(),
  sessions: z.array(keptSchema),
  devices: z.array(keptSchema),
  tokens: z.array(z.object({ id: z.string(), name: z.string(), hash: z.string(), createdAt: z.string() })),
});
type AccessState = z.infer<typeof accessStateSchema>;

export interface Credential {
  readonly kind: "session" | "token";
  readonly id: string;
}

export interface SignedIn {
  readonly credential: Credential;
  /** For the cookies. */
  readonly session: string;
  readonly device: string;
}

export interface AccessKeeper {
  readonly hasPassword: boolean;
  /** Who has this session or token; undefined when nobody. */
  findSession(secret: string): Credential | undefined;
  findToken(secret: string): Credential | undefined;
  signIn(attempt: SignInAttempt): Promise<SignedIn>;
  end(credential: Credential): Promise<void>;
  replacePassword(change: { password: string; current?: string; by: Credential; address: string }): Promise<void>;
  /** For a login link: good once, and for an hour unless it is the printed one. */
  createLoginToken(options?: { lasting?: boolean }): string;
  listTokens(): { id: string; name: string; createdAt: string }[];
  createToken(name: string): Promise<{ id: string; name: string; createdAt: string; token: string }>;
  removeToken(id: string): Promise<void>;
  /** A session or token has ended: what came with it ends too. */
  readonly onEnded: Emitter<Credential>;
}

export interface SignInAttempt {
  readonly loginToken?: string;
  readonly password?: string;
  readonly address: string;
  /** The device cookie, if the browser has one. */
  readonly device?: string;
}

export interface AccessKeeperOptions {
  readonly files: Files;
  readonly path: string;
  readonly log: StateLog;
  readonly now: () => number;
  /** The owner's first password, unless one is set already. */
  readonly password?: string;
  /** Tokens that are good as long as this server runs: `WEBRUNNER_TOKEN` and the local command line's. */
  readonly fixedTokens: Readonly<Record<string, string>>;
}

export async function openAccessKeeper(options: AccessKeeperOptions): Promise<AccessKeeper> {
  const { now } = options;
  const state: JsonState<AccessState> = await openJsonState({
    ...options,
    schema: accessStateSchema,
    initial: { sessions: [], devices: [], tokens: [] },
  });
  const passwords = createPasswords();
  const limiter: AttemptLimiter = createAttemptLimiter(now);
  const onEnded = createEmitter<Credential>((error) => options.log.warn({ err: error }, "A listener failed"));
  const loginTokens = new Map<string, number>();
  const fixed = Object.entries(options.fixedTokens).map(([id, secret]) => ({ id, hash: hashSecret(secret) }));

  const stamp = (): string => new Date(now()).toISOString();
  const isFresh = (usedAt: string, lifeMs: number): boolean => now() - Date.parse(usedAt) < lifeMs;
  const change = (part: Partial<AccessState>): Promise<void> => state.replace({ ...state.value, ...part });

  const spendLoginToken = (secret: string): boolean => {
    const hash = hashSecret(secret);
    const until = loginTokens.get(hash);
    loginTokens.delete(hash);
    return until !== undefined && now() < until;
  };

  const ensurePassword = async (password: string, { address, device }: SignInAttempt): Promise<void> => {
    const known = device === undefined ? undefined : findKept(state.value.devices, device)?.id;
    const seconds = limiter.take({ address, device: known });
    if (seconds > 0) {
      throw new WebrunnerError("access/too-many-attempts", {
        message: "Too many attempts.",
        hint: `Wait ${seconds} s, or use a login link.`,
        retryAfterSeconds: seconds,
      });
    }
    if (!(await passwords.verify(state.value.password, password))) throw createDenied();
    limiter.succeed({ address, device: known });
  };

  const findKept = <Kept extends { hash: string }>(list: readonly Kept[], secret: string): Kept | undefined => {
    const hash = hashSecret(secret);
    return list.find((kept) => isSameHash(kept.hash, hash));
  };

  const touch = (id: string): void => {
    const sessions = state.value.sessions.map((kept) => (kept.id === id ? { ...kept, usedAt: stamp() } : kept));
    change({ sessions }).catch((error) => options.log.warn({ err: error }, "The time of last use was not kept"));
  };

  if (options.password !== undefined && state.value.password === undefined) {
    await change({ password: await passwords.hash(options.password) });
  }

  return {
    onEnded,
    get hasPassword() {
      return state.value.password !== undefined;
    },

    findSession(secret) {
      const found = findKept(state.value.sessions, secret);
      if (!found || !isFresh(found.usedAt, SESSION_MS)) return undefined;
      if (!isFresh(found.usedAt, TOUCH_MS)) touch(found.id);
      return { kind: "session", id: found.id };
    },

    findToken(secret) {
      const found = findKept(fixed, secret) ?? findKept(state.value.tokens, secret);
      return found && { kind: "token", id: found.id };
    },

    async signIn(attempt) {
      if (attempt.loginToken !== undefined) {
        if (!spendLoginToken(attempt.loginToken)) throw createDenied("The login link was used already, or is too old.");
      } else if (attempt.password !== undefined) {
        await ensurePassword(attempt.password, attempt);
      } else {
        throw new WebrunnerError("request/invalid", { message: "Give the token of a login link, or the password." });
      }
      const [session, device] = [createSecret(), createSecret()];
      const at = stamp();
      const credential: Credential = { kind: "session", id: createPublicId() };
      const keep = <Kept extends { usedAt: string }>(list: readonly Kept[], lifeMs: number): Kept[] =>
        list.filter(({ usedAt }) => isFresh(usedAt, lifeMs)).slice(-LIMIT_OF_EACH + 1);
      await change({
        sessions: [
          ...keep(state.value.sessions, SESSION_MS),
          { id: credential.id, hash: hashSecret(session), createdAt: at, usedAt: at },
        ],
        devices: [
          ...keep(state.value.devices, DEVICE_MS),
          { id: createPublicId(), hash: hashSecret(device), createdAt: at, usedAt: at },
        ],
      });
      return { credential, session, device };
    },

    async end(credential) {
      if (credential.kind !== "session") return;
      const done = change({ sessions: state.value.sessions.filter(({ id }) => id !== credential.id) });
      onEnded.emit(credential);
      await done;
    },

    async replacePassword({ password, current, by, address }) {
      if (state.value.password !== undefined) {
        if (current === undefined) throw createDenied("Give the current password.");
        await ensurePassword(current, { address });
      }
      const hashed = await passwords.hash(password);
      const others = state.value.sessions.filter(({ id }) => by.kind !== "session" || id !== by.id);
      const done = change({
        password: hashed,
        sessions: state.value.sessions.filter((kept) => !others.includes(kept)),
        devices: [],
      });
      for (const { id } of others) onEnded.emit({ kind: "session", id });
      await done;
    },

    createLoginToken({ lasting = false } = {}) {
      const secret = createSecret();
      for (const [hash, until] of loginTokens) if (now() >= until) loginTokens.delete(hash);
      if (loginTokens.size >= LIMIT_OF_EACH) loginTokens.delete(loginTokens.keys().next().value!);
      loginTokens.set(hashSecret(secret), lasting ? Number.POSITIVE_INFINITY : now() + LINK_MS);
      return secret;
    },

    listTokens: () => state.value.tokens.map(({ id, name, createdAt }) => ({ id, name, createdAt })),

    async createToken(name) {
      if (state.value.tokens.length >= LIMIT_OF_EACH) {
        throw new WebrunnerError("request/invalid", {
          message: `There are ${LIMIT_OF_EACH} tokens; remove some first.`,
        });
      }
      const token = createSecret();
      const kept = { id: createPublicId(), name, createdAt: stamp() };
      await change({ tokens: [...state.value.tokens, { ...kept, hash: hashSecret(token) }] });
      return { ...kept, token };
    },

    async removeToken(id) {
      if (!state.value.tokens.some((kept) => kept.id === id)) {
        throw new WebrunnerError("request/not-found", { message: "There is no such token." });
      }
      const done = change({ tokens: state.value.tokens.filter((kept) => kept.id !== id) });
      onEnded.emit({ kind: "token", id });
      await done;
    },
  };
}

function createDenied(message = "That is not right."): WebrunnerError {
  return new WebrunnerError("access/denied", { message });
}
