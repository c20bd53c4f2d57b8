"use client";
import { Copy, ExternalLink, Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/icon-button";
import { type ConnectionValue, isSecretName, listConnectionValues } from "@/lib/client/instance-words";

/** What the instance published: copy each value, open the ones that are web addresses. */
export function ConnectionList({ connection }: { readonly connection: Readonly<Record<string, unknown>> }) {
  const values = listConnectionValues(connection);
  if (values.length === 0) return <p className="px-3 text-xs text-muted">Nothing is published yet.</p>;
  return (
    <dl className="px-3 text-xs">
      {values.map((value) => (
        <ConnectionRow key={value.name} value={value} />
      ))}
    </dl>
  );
}

function ConnectionRow({ value }: { readonly value: ConnectionValue }) {
  const isSecret = isSecretName(value.name);
  const [isShown, setIsShown] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value.text);
    setIsCopied(true);
  };
  return (
    <div className="group flex items-start gap-1 py-0.5">
      <div className="min-w-0 flex-1">
        <dt className="text-2xs text-muted">{value.name}</dt>
        <dd className="font-mono break-all select-text">
          {isSecret && !isShown ? (
            "••••••••"
          ) : value.url ? (
            <a
              href={value.url}
              target="_blank"
              rel="noopener noreferrer"
              className="text-accent underline underline-offset-2"
              data-connection={value.name}
            >
              {value.text}
              <ExternalLink size={11} className="ml-1 inline" aria-label="opens in a new tab" />
            </a>
          ) : (
            value.text
          )}
        </dd>
      </div>
      {isSecret && (
        <IconButton
          label={isShown ? `Hide ${value.name}` : `Show ${value.name}`}
          size={20}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? <EyeOff size={12} /> : <Eye size={12} />}
        </IconButton>
      )}
      <IconButton
        label={isCopied ? `${value.name} is copied` : `Copy ${value.name}`}
        size={20}
        onClick={() => void copy()}
      >
        <Copy size={12} />
      </IconButton>
    </div>
  );
}
