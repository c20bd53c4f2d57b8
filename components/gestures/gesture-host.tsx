"use client";
import dynamic from "next/dynamic";
import { useApp, useValue } from "@/components/workbench/app-context";

const OverrideDialog = dynamic(() => import("./override-dialog").then((loaded) => loaded.OverrideDialog), {
  ssr: false,
});
const PromoteDialog = dynamic(() => import("./promote-dialog").then((loaded) => loaded.PromoteDialog), { ssr: false });

/** The dialog of the gesture that is being made. */
export function GestureHost() {
  const { gestures } = useApp();
  const request = useValue(gestures.state, (state) => state.request);
  if (!request) return null;
  const close = (): void => gestures.hide();
  switch (request.kind) {
    case "override":
      return <OverrideDialog {...request} onClose={close} />;
    case "promote":
      return <PromoteDialog {...request} onClose={close} />;
  }
}
