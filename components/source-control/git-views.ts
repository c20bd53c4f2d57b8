/** The editor tabs of git; each is loaded when it is first looked at. */
import { GitCompare, GitGraph } from "lucide-react";
import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import { GIT_DIFF_TAB } from "@/lib/client/git";
import { GIT_COMPARE_TAB, GIT_LOG_TAB } from "./commit-actions";

type View = ComponentType<{ viewKey: string }>;

const GitDiffView: View = dynamic(() => import("./git-diff-view").then((loaded) => loaded.GitDiffView), { ssr: false });
const LogView: View = dynamic(() => import("./log-view").then((loaded) => loaded.LogView), { ssr: false });
const CompareView: View = dynamic(() => import("./compare-view").then((loaded) => loaded.CompareView), { ssr: false });

export const gitViews = [
  { view: GIT_DIFF_TAB, icon: GitCompare, component: GitDiffView },
  { view: GIT_LOG_TAB, icon: GitGraph, component: LogView },
  { view: GIT_COMPARE_TAB, icon: GitCompare, component: CompareView },
];
