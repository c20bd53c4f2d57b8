import { Logo } from "./logo";

const LINES = [46, 62, 38, 55, 70, 42];

/** The workbench's shape before its data: what the server sends, painted at once. */
export function WorkbenchSkeleton() {
  return (
    <div className="flex h-dvh flex-col bg-bg" role="status" aria-label="Loading the workbench">
      <div className="flex h-(--title-height) shrink-0 items-center gap-2 border-b bg-sunken px-2.5 text-sm">
        <Logo />
        <span className="font-semibold max-[700px]:hidden">webrunner</span>
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="w-11 shrink-0 border-r bg-sunken max-[899px]:hidden" />
        <div className="w-66 shrink-0 border-r bg-raised px-4 pt-9 max-[899px]:hidden">
          {LINES.map((width) => (
            <div key={width} className="flex h-6 items-center">
              <div className="skeleton h-2.5" style={{ width: `${width}%` }} />
            </div>
          ))}
        </div>
      </div>
      <div className="h-(--status-height) shrink-0 border-t bg-sunken" />
    </div>
  );
}
