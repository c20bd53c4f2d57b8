"use client";
import { createContext, useContext } from "react";
import type { StoreApi } from "zustand";
import { useStore } from "zustand";
import type { ClientApp } from "@/lib/client/app";

export const AppContext = createContext<ClientApp | undefined>(undefined);

/** The page's services and stores. Only below the workbench. */
export function useApp(): ClientApp {
  const app = useContext(AppContext);
  if (!app) throw new Error("useApp is called outside of the workbench");
  return app;
}

/** A store's value, or what `select` takes of it; the view is drawn anew when that changes. */
export function useValue<State>(store: StoreApi<State>): State;
export function useValue<State, Value>(store: StoreApi<State>, select: (state: State) => Value): Value;
export function useValue<State, Value>(store: StoreApi<State>, select?: (state: State) => Value): State | Value {
  return useStore(store, select ?? ((state) => state as unknown as Value));
}
