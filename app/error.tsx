"use client";
import { PageError } from "@/components/workbench/page-error";

export default function ErrorPage({ error, reset }: { readonly error: Error; readonly reset: () => void }) {
  return <PageError error={error} onRetry={reset} />;
}
