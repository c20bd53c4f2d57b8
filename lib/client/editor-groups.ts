/**
 * Which editors are open: groups side by side, tabs in each, one active. Every change is a pure function of the
 * state before it.
 *
 * Invariants: there is at least one group and `activeGroup` is one of them · a tab is at most once in a group ·
 * `active` of a group is one of its tabs, or undefined when it has none · at most one preview tab a group.
 */
export interface FileTab {
  readonly id: string;
  readonly kind: "file";
  readonly path: string;
}

/** One side of a comparison: a file as it is edited here, or a text from elsewhere. */
export type DiffSide =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly title: string; readonly text: string; readonly path?: string };

export interface DiffTab {
  readonly id: string;
  readonly kind: "diff";
  readonly title: string;
  readonly original: DiffSide;
  readonly modified: DiffSide;
}

/** A tab drawn by an editor view of the contributions: an instance, an effective section. */
export interface ViewTab {
  readonly id: string;
  readonly kind: "view";
  readonly view: string;
  /** What of that view; the view reads it. */
  readonly key: string;
  readonly title: string;
}

export type EditorTab = FileTab | DiffTab | ViewTab;

export interface EditorGroup {
  readonly id: number;
  readonly tabs: readonly EditorTab[];
  readonly active: string | undefined;
  /** Shown in italics; the next preview takes its place. */
  readonly preview: string | undefined;
  /** Tab ids, most recently active first. */
  readonly recent: readonly string[];
}

export interface EditorGroupsState {
  readonly groups: readonly EditorGroup[];
  readonly activeGroup: number;
  /** Closed tabs, the last one first. */
  readonly closed: readonly EditorTab[];
}

const CLOSED_LIMIT = 20;

export const toFileTab = (path: string): FileTab => ({ id: `file:${path}`, kind: "file", path });
export const toViewTab = (view: string, key: string, title: string): ViewTab => ({
  id: `view:${view}:${key}`,
  kind: "view",
  view,
  key,
  title,
});

const emptyGroup = (id: number): EditorGroup => ({ id, tabs: [], active: undefined, preview: undefined, recent: [] });

export const emptyEditorGroups: EditorGroupsState = { groups: [emptyGroup(1)], activeGroup: 1, closed: [] };

export function findGroup(state: EditorGroupsState, id = state.activeGroup): EditorGroup {
  return state.groups.find((group) => group.id === id) ?? state.groups[0]!;
}

export function findActiveTab(state: EditorGroupsState): EditorTab | undefined {
  const group = findGroup(state);
  return group.tabs.find(({ id }) => id === group.active);
}

function withGroup(
  state: EditorGroupsState,
  id: number,
  change: (group: EditorGroup) => EditorGroup,
): EditorGroupsState {
  return { ...state, groups: state.groups.map((group) => (group.id === id ? change(group) : group)) };
}

const activate = (group: EditorGroup, tab: string): EditorGroup => ({
  ...group,
  active: tab,
  recent: [tab, ...group.recent.filter((id) => id !== tab)],
});

/** Shows a tab; in `preview` it takes the place of the group's preview tab. An open tab is not moved. */
export function openTab(
  state: EditorGroupsState,
  tab: EditorTab,
  options: { readonly preview?: boolean; readonly group?: number } = {},
): EditorGroupsState {
  const group = findGroup(state, options.group);
  const next = withGroup({ ...state, activeGroup: group.id }, group.id, (before) => {
    if (before.tabs.some(({ id }) => id === tab.id)) {
      const tabs = before.tabs.map((open) => (open.id === tab.id ? tab : open));
      const preview = before.preview === tab.id && !options.preview ? undefined : before.preview;
      return activate({ ...before, tabs, preview }, tab.id);
    }
    if (options.preview && before.preview !== undefined) {
      const tabs = before.tabs.map((open) => (open.id === before.preview ? tab : open));
      const recent = before.recent.filter((id) => id !== before.preview);
      return activate({ ...before, tabs, recent, preview: tab.id }, tab.id);
    }
    const index = before.tabs.findIndex(({ id }) => id === before.active) + 1;
    const tabs = [...before.tabs.slice(0, index), tab, ...before.tabs.slice(index)];
    return activate({ ...before, tabs, preview: options.preview ? tab.id : before.preview }, tab.id);
  });
  return next;
}

/** Makes a preview tab a lasting one. */
export function keepTab(state: EditorGroupsState, tab: string): EditorGroupsState {
  const isPreview = state.groups.some(({ preview }) => preview === tab);
  if (!isPreview) return state;
  const groups = state.groups.map((group) => (group.preview === tab ? { ...group, preview: undefined } : group));
  return { ...state, groups };
}

export function closeTab(state: EditorGroupsState, tab: string, groupId = state.activeGroup): EditorGroupsState {
  const group = findGroup(state, groupId);
  const index = group.tabs.findIndex(({ id }) => id === tab);
  const gone = group.tabs[index];
  if (!gone) return state;
  const tabs = group.tabs.filter(({ id }) => id !== tab);
  const recent = group.recent.filter((id) => id !== tab);
  const active = group.active === tab ? (recent[0] ?? tabs[Math.min(index, tabs.length - 1)]?.id) : group.active;
  const preview = group.preview === tab ? undefined : group.preview;
  const closed = [gone, ...state.closed.filter(({ id }) => id !== tab)].slice(0, CLOSED_LIMIT);
  return dropEmptyGroups(
    withGroup({ ...state, closed }, group.id, () => ({ ...group, tabs, recent, active, preview })),
  );
}

/** The last closed tab, opened in the active group. */
export function reopenTab(state: EditorGroupsState): EditorGroupsState {
  const [tab, ...closed] = state.closed;
  return tab ? openTab({ ...state, closed }, tab) : state;
}

/** A new group to the right of the active one, showing the same tab; at most three. */
export function splitGroup(state: EditorGroupsState): EditorGroupsState {
  const group = findGroup(state);
  const tab = group.tabs.find(({ id }) => id === group.active);
  if (!tab || state.groups.length >= 3) return state;
  const id = Math.max(...state.groups.map((each) => each.id)) + 1;
  const index = state.groups.indexOf(group) + 1;
  const split = activate({ ...emptyGroup(id), tabs: [tab] }, tab.id);
  return { ...state, activeGroup: id, groups: [...state.groups.slice(0, index), split, ...state.groups.slice(index)] };
}

/** Moves a tab within its group or to another one, before the tab that is at `index`. */
export function moveTab(
  state: EditorGroupsState,
  tab: string,
  from: number,
  to: number,
  index: number,
): EditorGroupsState {
  const source = findGroup(state, from);
  const moved = source.tabs.find(({ id }) => id === tab);
  if (!moved) return state;
  if (from === to) {
    const at = source.tabs.indexOf(moved);
    const rest = source.tabs.filter(({ id }) => id !== tab);
    const place = index > at ? index - 1 : index;
    const tabs = [...rest.slice(0, place), moved, ...rest.slice(place)];
    return withGroup(state, from, (group) => ({ ...group, tabs }));
  }
  const closed = { ...closeTab(state, tab, from), closed: state.closed };
  const added = withGroup({ ...closed, activeGroup: to }, to, (group) => {
    const rest = group.tabs.filter(({ id }) => id !== tab);
    return activate({ ...group, tabs: [...rest.slice(0, index), moved, ...rest.slice(index)] }, tab);
  });
  return added;
}

/** A file or folder moved: tabs on it, and below it, follow. */
export function renamePath(state: EditorGroupsState, from: string, to: string): EditorGroupsState {
  const follow = (path: string): string =>
    path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
  const changed = new Map<string, EditorTab>();
  for (const { tabs } of state.groups)
    for (const tab of tabs)
      if (tab.kind === "file" && follow(tab.path) !== tab.path) changed.set(tab.id, toFileTab(follow(tab.path)));
  if (changed.size === 0) return state;
  const newId = (id: string): string => changed.get(id)?.id ?? id;
  const groups = state.groups.map((group) => ({
    ...group,
    // A tab of the new path may be open already: the two become one.
    tabs: firstOfEach(group.tabs.map((tab) => changed.get(tab.id) ?? tab)),
    active: group.active && newId(group.active),
    preview: group.preview && newId(group.preview),
    recent: [...new Set(group.recent.map(newId))],
  }));
  return { ...state, groups };
}

function firstOfEach(tabs: readonly EditorTab[]): EditorTab[] {
  const seen = new Set<string>();
  return tabs.filter(({ id }) => !seen.has(id) && seen.add(id));
}

export function focusGroup(state: EditorGroupsState, id: number): EditorGroupsState {
  return state.groups.some((group) => group.id === id) ? { ...state, activeGroup: id } : state;
}

function dropEmptyGroups(state: EditorGroupsState): EditorGroupsState {
  if (state.groups.length === 1) return state;
  const groups = state.groups.filter(({ tabs }) => tabs.length > 0);
  if (groups.length === state.groups.length) return state;
  if (groups.length === 0) return { ...state, groups: [emptyGroup(1)], activeGroup: 1 };
  const stays = groups.some(({ id }) => id === state.activeGroup);
  return { ...state, groups, activeGroup: stays ? state.activeGroup : groups[groups.length - 1]!.id };
}

/** What survives a reload: a text from elsewhere is not kept. What was stored is not trusted. */
export function toStored(state: EditorGroupsState): EditorGroupsState {
  const keeps = (tab: EditorTab): boolean =>
    tab.kind !== "diff" || (tab.original.kind === "file" && tab.modified.kind === "file");
  let stored: EditorGroupsState = { ...state, closed: state.closed.filter(keeps) };
  for (const group of state.groups)
    for (const tab of group.tabs)
      if (!keeps(tab)) stored = { ...closeTab(stored, tab.id, group.id), closed: stored.closed };
  return stored;
}

export function fromStored(value: Partial<EditorGroupsState> | undefined): EditorGroupsState {
  if (!value || !Array.isArray(value.groups)) return emptyEditorGroups;
  const groups = value.groups.filter(
    (group): group is EditorGroup =>
      typeof group?.id === "number" && Array.isArray(group.tabs) && Array.isArray(group.recent),
  );
  if (groups.length === 0) return emptyEditorGroups;
  const clean = groups.map((group) => {
    const tabs = group.tabs.filter((tab) => typeof tab?.id === "string" && typeof tab.kind === "string");
    const has = (id: string | undefined): boolean => tabs.some((tab) => tab.id === id);
    return {
      id: group.id,
      tabs,
      active: has(group.active) ? group.active : tabs[0]?.id,
      preview: has(group.preview) ? group.preview : undefined,
      recent: group.recent.filter(has),
    };
  });
  const activeGroup = clean.some(({ id }) => id === value.activeGroup) ? value.activeGroup! : clean[0]!.id;
  return { groups: clean, activeGroup, closed: Array.isArray(value.closed) ? value.closed : [] };
}
