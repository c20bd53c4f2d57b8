/** What a profile view's tab is of: a profile, and of it a section. */
export function toProfileKey(path: string, section = ""): string {
  return JSON.stringify([path, section]);
}

export function fromProfileKey(key: string): { readonly path: string; readonly section: string } {
  const [path = "", section = ""] = JSON.parse(key) as string[];
  return { path, section };
}

export const EFFECTIVE_VIEW = "effective";
export const EXTENDS_VIEW = "extends";
export const PARTS_VIEW = "parts";
/** Its key is the address. */
export const WEB_PROFILE_VIEW = "web-profile";
