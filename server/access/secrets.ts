/** Random secrets and how they are kept: a secret of 256 random bits needs no slow hash, only a one-way one. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits, 43 characters. */
export function createSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function createPublicId(): string {
  return randomBytes(9).toString("base64url");
}

export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares hashes in a time that tells nothing. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
