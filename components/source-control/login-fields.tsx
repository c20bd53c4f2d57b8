"use client";
import { FormField } from "./form-field";
import { SshKeyPanel } from "./ssh-key-panel";

export interface LoginText {
  readonly user: string;
  readonly password: string;
  readonly bearer: boolean;
}

export const NO_LOGIN: LoginText = { user: "", password: "", bearer: false };

export const isSshUrl = (url: string): boolean => /^ssh:\/\/|^[^/@\s]+@[^/:\s]+:/.test(url.trim());

/** As the routes take it; nothing of a login that was not given. */
export function toLoginBody({ user, password, bearer }: LoginText): {
  user?: string;
  password?: string;
  scheme?: "basic" | "bearer";
} {
  if (password === "") return {};
  return { ...(user.trim() !== "" && { user: user.trim() }), password, scheme: bearer ? "bearer" : "basic" };
}

/** User and token for an http remote; the public key for one over ssh. */
export function LoginFields({
  url,
  value,
  onChange,
}: {
  readonly url: string;
  readonly value: LoginText;
  readonly onChange: (login: LoginText) => void;
}) {
  if (isSshUrl(url)) return <SshKeyPanel />;
  return (
    <>
      <div className="flex gap-2">
        <FormField label="User" value={value.user} onText={(user) => onChange({ ...value, user })} />
        <FormField
          label="Token or password"
          type="password"
          value={value.password}
          onText={(password) => onChange({ ...value, password })}
        />
      </div>
      <label className="flex items-center gap-1.5 text-xs">
        <input
          type="checkbox"
          checked={value.bearer}
          onChange={(event) => onChange({ ...value, bearer: event.target.checked })}
        />
        A bearer token: shown alone, without the user
      </label>
    </>
  );
}
