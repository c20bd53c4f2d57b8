import { directoryOf } from "./paths";

/** A profile that has the section; complete when the section says its recipe or its base, not only additions to it. */
export interface SectionHome {
  readonly path: string;
  readonly isComplete: boolean;
}

/** Paths of the profiles, the likeliest home of the section first: a component of its name, components, stacks, the rest. */
export function sortHomes(section: string, homes: readonly SectionHome[]): string[] {
  const rank = ({ path, isComplete }: SectionHome): number => {
    const near = directoryOf(path).endsWith(`/${section}`)
      ? 0
      : /\/component\//.test(path)
        ? 1
        : /\/stack\//.test(path)
          ? 2
          : 3;
    return near * 2 + (isComplete ? 0 : 10);
  };
  return [...homes].sort((a, b) => rank(a) - rank(b) || a.path.length - b.path.length).map(({ path }) => path);
}
