/** Three parts that stand on each other, and the run through them. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="shrink-0">
      <rect x="2" y="14" width="9" height="8" rx="2" className="fill-accent" opacity="0.55" />
      <rect x="2" y="3" width="9" height="8" rx="2" className="fill-accent" opacity="0.85" />
      <path d="M14 6.2v11.6a1 1 0 0 0 1.53.85l7-5.8a1 1 0 0 0 0-1.7l-7-5.8A1 1 0 0 0 14 6.2Z" className="fill-accent" />
    </svg>
  );
}
