export function ListSkeleton({ label }: { readonly label: string }) {
  return (
    <div className="flex flex-col gap-2 p-3" role="status" aria-label={label}>
      <div className="skeleton h-4 w-3/5" />
      <div className="skeleton h-4 w-4/5" />
      <div className="skeleton h-4 w-2/5" />
    </div>
  );
}
