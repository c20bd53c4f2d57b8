"use client";
import { FlaskConical } from "lucide-react";
import { useEffect } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { chooseRelease } from "./recipe-commands";

/** Which recipe eggs come from a checkout, and whether the last run really imported them from there. */
export function RecipeStatusItem() {
  const app = useApp();
  const { recipes } = app.guide;
  const eggs = useValue(recipes.state, ({ value }) => value);
  useEffect(() => {
    const watch = recipes.watch();
    return () => watch.dispose();
  }, [recipes]);
  const developed = (eggs ?? []).filter((egg) => egg.developed);
  const [first] = developed;
  if (!first?.developed) return null;
  const place = (path: string): string => path || "workspace";
  const tip = developed
    .map(({ egg, developed: setting, imported }) => {
      const last = [...new Set(imported.map(({ location }) => location))];
      const seen =
        last.length === 0
          ? "not used by a run yet"
          : last.every((location) => location === setting!.path)
            ? "the last run imported it from there"
            : `the last run imported it from ${last.map(place).join(", ")}`;
      return `${egg} from ${place(setting!.path)}${setting!.branch ? ` (${setting!.branch})` : ""}: ${seen}`;
    })
    .join("\n");
  return (
    <StatusItem tip={`${tip}\nClick to go back to the released egg`} shrinks onClick={() => chooseRelease(app)}>
      <FlaskConical size={12} className="shrink-0 text-warn" aria-hidden />
      <span className="truncate">
        {first.egg} ⟵ {place(first.developed.path)}
        {first.developed.branch ? `@${first.developed.branch}` : ""}
        {developed.length > 1 ? ` +${developed.length - 1}` : ""}
      </span>
    </StatusItem>
  );
}
