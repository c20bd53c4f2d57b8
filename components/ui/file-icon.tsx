import { Braces, FileCode2, FileText, Link2, Package, SquareTerminal } from "lucide-react";
import { toLanguage } from "@/lib/client/monaco/language-of-path";

/** A small icon by the kind of file; the name says the rest. */
export function FileIcon({ path, isLink }: { readonly path: string; readonly isLink?: boolean }) {
  if (isLink) return <Link2 size={14} className="shrink-0 text-faint" aria-hidden />;
  switch (toLanguage(path)) {
    case "buildout":
      return <Package size={14} className="shrink-0 text-(--syntax-section)" aria-hidden />;
    case "python":
      return <FileCode2 size={14} className="shrink-0 text-(--syntax-template)" aria-hidden />;
    case "json":
      return <Braces size={14} className="shrink-0 text-(--syntax-number)" aria-hidden />;
    case "shell":
      return <SquareTerminal size={14} className="shrink-0 text-(--syntax-string)" aria-hidden />;
    default:
      return <FileText size={14} className="shrink-0 text-faint" aria-hidden />;
  }
}
