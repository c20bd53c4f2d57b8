/** Routes of signing in and out, of the password and of tokens. */
import { type AccessKeeper, OWNER } from "@/server/access/access-keeper";
import { toRequestHeaders } from "./api";
import type { Credentials } from "./credentials";
import type { Handlers } from "./route";

export interface AccessHandlersDeps {
  readonly access: AccessKeeper;
  readonly credentials: Credentials;
}

export function createAccessHandlers({
  access,
  credentials,
}: AccessHandlersDeps): Pick<
  Handlers,
  | "signIn"
  | "readSession"
  | "createLoginToken"
  | "signOut"
  | "replacePassword"
  | "listTokens"
  | "createToken"
  | "removeToken"
> {
  const toInfo = (): { user: string; passwordSet: boolean } => ({ user: OWNER, passwordSet: access.hasPassword });
  return {
    async signIn({ body, origin, headers, setHeader }) {
      const requestHeaders = toRequestHeaders(headers);
      const device = credentials.findDevice(requestHeaders);
      const signedIn = await access.signIn({ ...body, address: origin.address, device });
      setHeader("set-cookie", credentials.toSessionCookie(requestHeaders, signedIn.session));
      setHeader("set-cookie", credentials.toDeviceCookie(requestHeaders, signedIn.device));
      return toInfo();
    },
    readSession: () => toInfo(),
    createLoginToken: () => ({ loginToken: access.createLoginToken() }),
    async signOut({ user, headers, setHeader }) {
      setHeader("set-cookie", credentials.toEndCookie(toRequestHeaders(headers)));
      await access.end(user.credential);
    },
    async replacePassword({ body, user, origin }) {
      await access.replacePassword({ ...body, by: user.credential, address: origin.address });
    },
    listTokens: () => ({ tokens: access.listTokens() }),
    createToken: ({ body }) => access.createToken(body.name),
    async removeToken({ params }) {
      await access.removeToken(params.token);
    },
  };
}
