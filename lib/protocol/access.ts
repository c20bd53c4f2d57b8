import { z } from "zod";

export const sessionSchema = z.object({ user: z.string(), passwordSet: z.boolean() });
export type SessionInfo = z.infer<typeof sessionSchema>;

/** One of the two: the one-time token of the printed link, or the password. */
export const signInSchema = z.object({
  loginToken: z.string().max(200).optional(),
  password: z.string().max(1000).optional(),
});

export const tokenSchema = z.object({ id: z.string(), name: z.string(), createdAt: z.iso.datetime() });
export const newTokenSchema = tokenSchema.extend({ token: z.string() });

/** Good once; the page takes it from the address behind `#`, which no server and no log ever sees. */
export const loginTokenSchema = z.object({ loginToken: z.string() });
