"use client";
import { CloudOff, Plug } from "lucide-react";
import { useApp, useValue } from "./app-context";
import { StatusItem } from "./status-item";

/** Whether the server is there, in the status bar. */
export function ConnectionStatus() {
  const { connection } = useApp();
  const state = useValue(connection.state, ({ state }) => state);
  if (state === "online") {
    return (
      <StatusItem tip="Connected to the server">
        <Plug size={12} className="text-good" aria-hidden />
        <span className="max-[500px]:sr-only">Connected</span>
      </StatusItem>
    );
  }
  return (
    <StatusItem tip="Try now" onClick={() => connection.retryNow()}>
      <CloudOff size={12} className="text-warn" aria-hidden />
      {state === "connecting" ? "Connecting…" : state === "signed-out" ? "Signed out" : "Reconnecting…"}
    </StatusItem>
  );
}
