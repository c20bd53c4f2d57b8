"use client";
import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "./app-context";

/** A restart is over before this; a banner that only flashes disturbs. */
const SHOW_AFTER_MS = 1_500;

export function OfflineBanner() {
  const { connection } = useApp();
  const state = useValue(connection.state, ({ state }) => state);
  const [late, setLate] = useState(false);
  const away = state === "reconnecting" || state === "connecting";
  useEffect(() => {
    if (!away) return setLate(false);
    const timer = setTimeout(() => setLate(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [away]);
  if (!away || !late) return null;
  return (
    <div role="status" className="flex shrink-0 items-center gap-2 border-b bg-overlay px-3 py-1 text-xs">
      <CloudOff size={14} className="shrink-0 text-warn" aria-hidden />
      <span className="flex-1">
        <strong className="font-semibold">The server is away.</strong> What you type is kept in this browser; running
        builds go on without this page.
      </span>
      <Button size="small" onClick={() => connection.retryNow()}>
        Try now
      </Button>
    </div>
  );
}
