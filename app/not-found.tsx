import { EmptyState } from "@/components/ui/empty-state";

export default function NotFoundPage() {
  return (
    <main className="h-dvh">
      <EmptyState
        title="There is no such page"
        action={
          <a className="text-accent underline" href="/">
            Open the workbench
          </a>
        }
      />
    </main>
  );
}
