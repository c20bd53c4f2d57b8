export function Spinner({ size = 16, label }: { readonly size?: number; readonly label?: string }) {
  return (
    <span
      {...(label ? { role: "status", "aria-label": label } : { "aria-hidden": true })}
      className="inline-block shrink-0 rounded-full border-2 border-current border-r-transparent"
      style={{ width: size, height: size, animation: "spin 0.8s linear infinite" }}
    />
  );
}
