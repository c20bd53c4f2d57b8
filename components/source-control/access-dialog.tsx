"use client";
import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import type { GitLogin, GitTrust } from "@/lib/protocol/git";
import { FormField } from "./form-field";
import { isSshUrl, LoginFields, NO_LOGIN, toLoginBody } from "./login-fields";
import { SshKeyPanel } from "./ssh-key-panel";
import { useAttempt } from "./use-attempt";

interface Access {
  readonly logins: readonly GitLogin[];
  readonly trust: GitTrust;
}

/** Who you are at remotes, and whom you trust there. Secrets go in and never come out. */
export function AccessDialog({ url: wanted = "", onClose }: { readonly url?: string; readonly onClose: () => void }) {
  const app = useApp();
  const { git, api } = app;
  const [access, setAccess] = useState<Access>();
  const [url, setUrl] = useState(isSshUrl(wanted) ? "" : wanted);
  const [login, setLogin] = useState(NO_LOGIN);
  const [origin, setOrigin] = useState(wanted.startsWith("https:") ? wanted : "");
  const [pem, setPem] = useState("");

  const read = useCallback(async (): Promise<void> => {
    const [{ logins }, trust] = await git.ask(({ params }) =>
      Promise.all([api.listGitLogins({ params }), api.readGitTrust({ params })]),
    );
    setAccess({ logins, trust });
  }, [git, api]);
  useEffect(() => {
    read().catch((error: unknown) => app.showError(error));
  }, [read, app]);
  const attempt = useAttempt();
  const act = (work: Promise<unknown>): void => attempt.try(() => work.then(read));

  return (
    <Dialog title="Logins and keys" width="medium" onClose={onClose}>
      {attempt.problem}
      <Section title="Logins">
        <List
          empty="No login is kept. One is asked for when a remote wants it."
          items={access?.logins.map(({ url: address, user, scheme }) => ({
            id: address,
            text: address,
            detail: scheme === "bearer" ? "bearer token" : user,
            remove: () => act(git.ask(({ params }) => api.removeGitLogin({ params, query: { url: address } }))),
          }))}
        />
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const { password = "", ...rest } = toLoginBody(login);
            const body = { url: url.trim(), password, ...rest };
            act(git.ask(({ params }) => api.saveGitLogin({ params, body })).then(() => setLogin(NO_LOGIN)));
          }}
        >
          <FormField label="URL of the remote" value={url} placeholder="https://…" onText={setUrl} />
          <LoginFields url="" value={login} onChange={setLogin} />
          <Button type="submit" className="self-end" disabled={url.trim() === "" || login.password === ""}>
            Keep this login
          </Button>
        </form>
      </Section>
      <Section title="Ssh key">
        <SshKeyPanel manages />
      </Section>
      <Section title="Trusted ssh hosts">
        <List
          empty="No host is trusted yet. You are asked at the first connection."
          items={access?.trust.hosts.map(({ host, type, fingerprint }) => ({
            id: `${host} ${type}`,
            text: host,
            detail: `${type} ${fingerprint}`,
            remove: () => act(git.ask(({ params }) => api.removeGitTrust({ params, query: { host } }))),
          }))}
        />
      </Section>
      <Section title="Certificates of own authorities">
        <List
          empty="Only the authorities of the server's system are trusted."
          items={access?.trust.certificates.map((each) => ({
            id: each.fingerprint,
            text: `${each.origin}: ${each.subject}`,
            detail: `until ${each.validTo.slice(0, 10)}, ${each.fingerprint}`,
            remove: () => act(git.ask(({ params }) => api.removeGitTrust({ params, query: { origin: each.origin } }))),
          }))}
        />
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const body = { url: origin.trim(), pem };
            act(git.ask(({ params }) => api.saveGitCertificate({ params, body })).then(() => setPem("")));
          }}
        >
          <FormField label="Trusted for the host of this URL" value={origin} onText={setOrigin} />
          <label className="block">
            <span className="mb-1 block text-xs text-text">Certificate (PEM)</span>
            <textarea
              className="field h-auto min-h-20 py-1 font-mono text-2xs"
              rows={4}
              spellCheck={false}
              placeholder="-----BEGIN CERTIFICATE-----"
              value={pem}
              onChange={(event) => setPem(event.target.value)}
            />
          </label>
          <Button type="submit" className="self-end" disabled={origin.trim() === "" || pem.trim() === ""}>
            Trust this certificate
          </Button>
        </form>
      </Section>
    </Dialog>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section aria-label={title} className="mb-4 flex flex-col gap-2">
      <h3 className="text-xs font-semibold text-text">{title}</h3>
      {children}
    </section>
  );
}

function List(props: {
  readonly empty: string;
  readonly items:
    | readonly { readonly id: string; readonly text: string; readonly detail: string; readonly remove: () => void }[]
    | undefined;
}) {
  if (!props.items) return <div className="skeleton h-5" role="status" aria-label="Reading" />;
  if (props.items.length === 0) return <p className="text-xs">{props.empty}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {props.items.map(({ id, text, detail, remove }) => (
        <li key={id} className="flex items-center gap-2 rounded-md border px-2 py-1 text-xs">
          <span className="min-w-0 flex-1">
            <span className="block break-all text-text">{text}</span>
            <span className="block break-all font-mono text-2xs">{detail}</span>
          </span>
          <Button size="small" aria-label={`Remove ${text}`} onClick={remove}>
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}
