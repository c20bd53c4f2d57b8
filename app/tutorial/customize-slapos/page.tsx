import type { Metadata } from "next";
import { WorkbenchPage } from "@/components/workbench/workbench-page";

export const metadata: Metadata = { title: "Customize SlapOS · webrunner" };

/** The workbench with the tutorial open; `#step-6` names the step. */
export default function TutorialPage() {
  return <WorkbenchPage />;
}
