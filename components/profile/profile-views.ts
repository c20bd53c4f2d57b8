/** The views of a profile as a whole; each is loaded when it is first looked at. */
import { GitFork, Globe, ListOrdered, Sigma } from "lucide-react";
import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import { EFFECTIVE_VIEW, EXTENDS_VIEW, PARTS_VIEW, WEB_PROFILE_VIEW } from "./profile-key";

type View = ComponentType<{ viewKey: string }>;

const EffectiveView: View = dynamic(() => import("./effective-view").then((loaded) => loaded.EffectiveView), {
  ssr: false,
});
const ExtendsView: View = dynamic(() => import("./extends-view").then((loaded) => loaded.ExtendsView), { ssr: false });
const PartsView: View = dynamic(() => import("./parts-view").then((loaded) => loaded.PartsView), { ssr: false });
const WebProfileView: View = dynamic(() => import("./web-profile-view").then((loaded) => loaded.WebProfileView), {
  ssr: false,
});

export const profileViews = [
  { view: EFFECTIVE_VIEW, icon: Sigma, component: EffectiveView },
  { view: EXTENDS_VIEW, icon: GitFork, component: ExtendsView },
  { view: PARTS_VIEW, icon: ListOrdered, component: PartsView },
  { view: WEB_PROFILE_VIEW, icon: Globe, component: WebProfileView },
];
