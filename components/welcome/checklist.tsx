"use client";
import { CircleCheck, CircleX, RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { GIT_VIEW } from "@/lib/client/git";
import type { DoctorCheck } from "@/lib/protocol/doctor";

/** What must be there before the main job works; a button for each red line. Looks again by itself. */
export function Checklist() {
  const { guide } = useApp();
  const { value } = useValue(guide.doctor.state);
  useEffect(() => {
    const watch = guide.doctor.watch();
    return () => watch.dispose();
  }, [guide]);
  return (
    <section aria-label="First-run checklist" data-doctor-ok={value?.ok ?? "unknown"}>
      <div className="mb-1.5 flex items-center gap-2">
        <h3 className="text-2xs font-semibold tracking-wide text-faint uppercase">Is everything there?</h3>
        <IconButton label="Check again" onClick={() => void guide.doctor.reload()}>
          <RefreshCw size={12} />
        </IconButton>
      </div>
      {value ? (
        <ul>
          {value.checks.map((check) => (
            <Line key={check.id} check={check} />
          ))}
        </ul>
      ) : (
        <p className="flex items-center gap-2 text-xs text-muted" role="status">
          <Spinner size={12} /> Looking
        </p>
      )}
    </section>
  );
}

function Line({ check }: { readonly check: DoctorCheck }): ReactNode {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const { id, ok, title, detail, fix } = check;
  const mend = async (): Promise<void> => {
    if (!fix?.automatic) {
      if (id === "identity") await askIdentity(app);
      else app.layout.showSideView(GIT_VIEW);
      await app.guide.doctor.reload();
      return;
    }
    setBusy(true);
    try {
      await app.guide.fix(id);
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex items-start gap-2.5 py-1" data-check={id} data-check-ok={ok}>
      <span className="mt-0.5 w-4 shrink-0" aria-hidden>
        {ok ? <CircleCheck size={15} className="text-good" /> : <CircleX size={15} className="text-bad" />}
      </span>
      <div className="min-w-0 flex-1">
        <span>{title}</span>
        <span className="sr-only">{ok ? ": all right" : ": not yet"}</span>
        <p className="text-xs break-words text-muted">{detail}</p>
      </div>
      {!ok && fix && (
        <Button size="small" busy={busy} onClick={() => void mend()}>
          {fix.title}
        </Button>
      )}
    </li>
  );
}

async function askIdentity(app: ReturnType<typeof useApp>): Promise<void> {
  const name = await app.dialogs.askText({
    title: "Who are your commits by?",
    label: "Your name",
    value: "",
    confirm: "Go on",
    check: (text) => (text.trim() === "" ? "A name is needed." : undefined),
  });
  if (name === undefined) return;
  const email = await app.dialogs.askText({
    title: "Who are your commits by?",
    label: "Your email",
    value: "",
    confirm: "Keep",
    check: (text) => (/^\S+@\S+$/.test(text.trim()) ? undefined : "That is no email address."),
  });
  if (email !== undefined) await app.git.saveIdentity({ name: name.trim(), email: email.trim() });
}
