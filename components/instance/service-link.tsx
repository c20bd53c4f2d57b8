"use client";
import { ExternalLink } from "lucide-react";

/** Opens the service in a tab of its own, which has no way back into this page. */
export function ServiceLink({ service }: { readonly service: string }) {
  return (
    <a
      href={service}
      target="_blank"
      rel="noopener noreferrer"
      data-service-link
      className="inline-flex h-6 shrink-0 items-center gap-1.5 rounded-[5px] bg-accent-fill px-2 text-xs font-medium whitespace-nowrap text-on-accent hover:bg-accent-fill-hover"
    >
      <ExternalLink size={12} aria-hidden /> Open service
    </a>
  );
}
