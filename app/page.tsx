import { WorkbenchPage } from "@/components/workbench/workbench-page";

export default function HomePage() {
  return <WorkbenchPage />;
}
