/**
 * What the workbench is made of, in plain arrays: a feature adds one line to each that it has something for.
 * The order of an array is the order on the page.
 */
import {
  AppWindow,
  Box,
  CircleAlert,
  FileDiff,
  Files,
  GitBranch,
  GitMerge,
  GraduationCap,
  House,
  Keyboard,
  ListChecks,
  ListStart,
  ScrollText,
  Search,
  SquareTerminal,
} from "lucide-react";
import type { ComponentType } from "react";
import { CursorStatus } from "@/components/editor/cursor-status";
import { editorCommands } from "@/components/editor/editor-commands";
import { EngineStatusItem } from "@/components/engine/engine-status";
import { Explorer, ExplorerActions } from "@/components/explorer/explorer";
import { explorerCommands } from "@/components/explorer/explorer-commands";
import { gestureCommands } from "@/components/gestures/gesture-commands";
import { gestureViews } from "@/components/gestures/gesture-views";
import { helpCommands, KEYS_VIEW } from "@/components/help/help-commands";
import { KeysView } from "@/components/help/keys-view";
import { INSTANCE_TAB, PREVIEW_TAB } from "@/components/instance/instance-actions";
import { instanceCommands } from "@/components/instance/instance-commands";
import { InstancePage } from "@/components/instance/instance-page";
import { InstancesActions, InstancesView } from "@/components/instance/instances-view";
import { debugCommands, RENDER_TAB } from "@/components/instance/render-commands";
import { RenderView } from "@/components/instance/render-view";
import { ServicePreview } from "@/components/instance/service-preview";
import { paletteCommands } from "@/components/palette/palette-commands";
import { ProblemsBadge, ProblemsStatusItem } from "@/components/problems/problem-counts";
import { ProblemsPanel } from "@/components/problems/problems-panel";
import { profileCommands } from "@/components/profile/profile-commands";
import { profileViews } from "@/components/profile/profile-views";
import { recipeCommands } from "@/components/recipes/recipe-commands";
import { RecipeStatusItem } from "@/components/recipes/recipe-status";
import { runAllCommands } from "@/components/run-all/run-all-commands";
import { RunAllPanel } from "@/components/run-all/run-all-panel";
import { PlanView } from "@/components/runs/plan-view";
import { RunButtons } from "@/components/runs/run-buttons";
import { runChoiceCommands } from "@/components/runs/run-choice-commands";
import { runCommands } from "@/components/runs/run-commands";
import { RunsBadge } from "@/components/runs/runs-badge";
import { RunsPanel } from "@/components/runs/runs-panel";
import { searchCommands } from "@/components/search/search-commands";
import { SearchActions, SearchView } from "@/components/search/search-view";
import { gitCommands } from "@/components/source-control/git-commands";
import { GitBadge, GitStatusItem } from "@/components/source-control/git-status";
import { gitViews } from "@/components/source-control/git-views";
import { MergeView } from "@/components/source-control/merge-view";
import { projectCommands } from "@/components/source-control/project-commands";
import { remoteCommands } from "@/components/source-control/remote-commands";
import { SourceControlActions, SourceControlView } from "@/components/source-control/source-control-view";
import { RunStatusItem } from "@/components/status/run-status";
import { terminalCommands } from "@/components/terminal/terminal-commands";
import { TerminalPanel } from "@/components/terminal/terminal-panel";
import { HelpMenu } from "@/components/tutorial/help-menu";
import { tutorialCommands } from "@/components/tutorial/tutorial-commands";
import { TutorialView } from "@/components/tutorial/tutorial-view";
import { Welcome } from "@/components/welcome/welcome";
import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { SEARCH_VIEW } from "@/lib/client/file-search";
import { GIT_VIEW } from "@/lib/client/git";
import { GIT_MERGE_TAB } from "@/lib/client/git-merge";
import { RUN_ALL_VIEW, TUTORIAL_TAB } from "@/lib/client/guide";
import { PROBLEMS_VIEW } from "@/lib/client/problems";
import { INSTANCES_VIEW, PLAN_VIEW, RUNS_VIEW } from "@/lib/client/run-control";
import { TERMINAL_VIEW } from "@/lib/client/terminals";
import { ConnectionStatus } from "./connection-status";
import { workbenchCommands } from "./workbench-commands";

/** A view of the side bar or of the bottom panel. */
export interface ViewContribution {
  readonly id: string;
  readonly title: string;
  readonly icon: ComponentType<{ size?: number | string }>;
  readonly component: ComponentType;
  /** Drawn beside the title or over the icon: a count, a state. */
  readonly badge?: ComponentType;
  /** Buttons at the right of the view's header. */
  readonly actions?: ComponentType;
}

/** A kind of editor tab that is not a file: `app.editors.openView("instance", name, title)` shows it. */
export interface EditorViewContribution {
  readonly view: string;
  readonly icon: ComponentType<{ size?: number | string }>;
  readonly component: ComponentType<{ viewKey: string }>;
}

/** The left and right of the status bar. */
export interface StatusItemContribution {
  readonly id: string;
  readonly side: "left" | "right";
  readonly component: ComponentType;
}

/** The right of the title bar. */
export interface TitleActionContribution {
  readonly id: string;
  readonly component: ComponentType;
}

export const sideViews: readonly ViewContribution[] = [
  { id: "explorer", title: "Explorer", icon: Files, component: Explorer, actions: ExplorerActions },
  { id: SEARCH_VIEW, title: "Search", icon: Search, component: SearchView, actions: SearchActions },
  { id: INSTANCES_VIEW, title: "Instances", icon: Box, component: InstancesView, actions: InstancesActions },
  {
    id: GIT_VIEW,
    title: "Source Control",
    icon: GitBranch,
    component: SourceControlView,
    badge: GitBadge,
    actions: SourceControlActions,
  },
];

export const panelViews: readonly ViewContribution[] = [
  { id: RUNS_VIEW, title: "Runs", icon: ScrollText, component: RunsPanel, badge: RunsBadge },
  { id: PLAN_VIEW, title: "Plan", icon: ListChecks, component: PlanView },
  { id: RUN_ALL_VIEW, title: "Run all", icon: ListStart, component: RunAllPanel },
  { id: TERMINAL_VIEW, title: "Terminal", icon: SquareTerminal, component: TerminalPanel },
  { id: PROBLEMS_VIEW, title: "Problems", icon: CircleAlert, component: ProblemsPanel, badge: ProblemsBadge },
];

export const editorViews: readonly EditorViewContribution[] = [
  { view: INSTANCE_TAB, icon: Box, component: InstancePage },
  { view: PREVIEW_TAB, icon: AppWindow, component: ServicePreview },
  { view: RENDER_TAB, icon: FileDiff, component: RenderView },
  { view: GIT_MERGE_TAB, icon: GitMerge, component: MergeView },
  { view: TUTORIAL_TAB, icon: GraduationCap, component: TutorialView },
  { view: "welcome", icon: House, component: Welcome },
  ...gitViews,
  ...profileViews,
  ...gestureViews,
  { view: KEYS_VIEW, icon: Keyboard, component: KeysView },
];

export const titleActions: readonly TitleActionContribution[] = [
  { id: "run", component: RunButtons },
  { id: "help", component: HelpMenu },
];

export const statusItems: readonly StatusItemContribution[] = [
  { id: "connection", side: "left", component: ConnectionStatus },
  { id: "git", side: "left", component: GitStatusItem },
  { id: "run", side: "left", component: RunStatusItem },
  { id: "recipes", side: "left", component: RecipeStatusItem },
  { id: "engine", side: "left", component: EngineStatusItem },
  { id: "problems", side: "left", component: ProblemsStatusItem },
  { id: "cursor", side: "right", component: CursorStatus },
];

/** Each makes its commands once, when the workbench starts. */
export const commandSets: readonly ((app: ClientApp) => readonly Command[])[] = [
  workbenchCommands,
  paletteCommands,
  editorCommands,
  explorerCommands,
  searchCommands,
  runCommands,
  runChoiceCommands,
  runAllCommands,
  recipeCommands,
  tutorialCommands,
  terminalCommands,
  profileCommands,
  gestureCommands,
  instanceCommands,
  helpCommands,
  remoteCommands,
  projectCommands,
  debugCommands,
  gitCommands,
];
