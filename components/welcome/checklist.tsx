"use client";
import { CircleCheck, CircleX, RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { GIT_VIEW } from "@/lib/client/git";
import { askIdentity } from "@/lib/client/git-identity";
import type { DoctorCheck } from "@/lib/protocol/doctor";

/** Enough for what just happened; the command line has all. */
const SHOWN_EVENTS = 4;

/** As many as there will be, so that what is below does not jump. */
const CHECKS = 6;

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
        <ul aria-label="Looking" aria-busy>
          {Array.from({ length: CHECKS }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
            <li key={index} className="flex h-11.5 flex-col justify-center gap-1.5" aria-hidden>
              <div className="skeleton h-3.5 w-2/5" />
              <div className="skeleton h-3 w-3/5" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Line({ check }: { readonly check: DoctorCheck }): ReactNode {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const { id, ok, title, detail, events = [], fix } = check;
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
        {events.length > 0 && (
          <ol aria-label={`What happened: ${title}`} className="text-xs text-faint">
            {events.slice(-SHOWN_EVENTS).map(({ at, text }) => (
              <li key={`${at} ${text}`}>
                <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time> {text}
              </li>
            ))}
          </ol>
        )}
      </div>
      {!ok && fix && (
        <Button size="small" busy={busy} onClick={() => void mend()}>
          {fix.title}
        </Button>
      )}
    </li>
  );
}
