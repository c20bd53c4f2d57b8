/** Views of what a release extends and of what is in the way of merging it; each is loaded when first looked at. */
import { ClipboardCheck, Waypoints } from "lucide-react";
import dynamic from "next/dynamic";
import type { ComponentType } from "react";

export const EXTENDS_SOURCES_VIEW = "extends-sources";
export const CHECK_VIEW = "check";

type View = ComponentType<{ viewKey: string }>;

const ExtendsSourcesView: View = dynamic(
  () => import("./extends-sources-view").then((loaded) => loaded.ExtendsSourcesView),
  { ssr: false },
);
const CheckView: View = dynamic(() => import("./check-view").then((loaded) => loaded.CheckView), { ssr: false });

export const gestureViews = [
  { view: EXTENDS_SOURCES_VIEW, icon: Waypoints, component: ExtendsSourcesView },
  { view: CHECK_VIEW, icon: ClipboardCheck, component: CheckView },
];
