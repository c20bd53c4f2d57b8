"use client";
import dynamic from "next/dynamic";
import { useApp, useValue } from "@/components/workbench/app-context";

const OverrideDialog = dynamic(() => import("./override-dialog").then((loaded) => loaded.OverrideDialog), {
  ssr: false,
});
const PromoteDialog = dynamic(() => import("./promote-dialog").then((loaded) => loaded.PromoteDialog), { ssr: false });
const SwitchDialog = dynamic(() => import("./switch-dialog").then((loaded) => loaded.SwitchDialog), { ssr: false });
const NewComponentDialog = dynamic(() => import("./new-component-dialog").then((loaded) => loaded.NewComponentDialog), {
  ssr: false,
});
const VerifyDialog = dynamic(() => import("./verify-dialog").then((loaded) => loaded.VerifyDialog), { ssr: false });

/** The dialog of the gesture that is being made. */
export function GestureHost() {
  const { gestures } = useApp();
  const request = useValue(gestures.state, (state) => state.request);
  if (!request) return null;
  const close = (): void => gestures.hide();
  switch (request.kind) {
    case "override":
      return <OverrideDialog {...request} onClose={close} />;
    case "customise":
      return <OverrideDialog {...request} customises onClose={close} />;
    case "switch-extends":
      return <SwitchDialog {...request} onClose={close} />;
    case "new-component":
      return <NewComponentDialog {...request} onClose={close} />;
    case "verify":
      return <VerifyDialog {...request} onClose={close} />;
    case "promote":
      return <PromoteDialog {...request} onClose={close} />;
  }
}
