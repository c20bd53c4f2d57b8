"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { useApp } from "@/components/workbench/app-context";
import { compareParameters } from "@/lib/client/instance-words";
import type { InstanceInfo, InstanceVersion } from "@/lib/protocol/instances";
import { ParameterChanges } from "./parameter-changes";

/** What was asked for, newest first, each with what it changed; any can be asked for again. */
export function VersionList({ instance }: { readonly instance: InstanceInfo }) {
  const app = useApp();
  const { instances } = app.runControl;
  const [versions, setVersions] = useState<readonly InstanceVersion[]>();
  const [error, setError] = useState<unknown>();
  const asked = JSON.stringify([instance.parameters, instance.softwareType, instance.state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for makes a new version
  useEffect(() => {
    instances.listVersions(instance.name).then(setVersions, setError);
  }, [instances, instance.name, asked]);

  const restore = async ({ parameters, softwareType, state }: InstanceVersion) => {
    const { profile, shared } = instance;
    // It fitted when it was asked for; the release may have changed since.
    await instances.request(instance.name, { profile, shared, softwareType, parameters, state, unchecked: true });
    await app.runControl.run("instance", { instance: instance.name });
  };
  if (error !== undefined) return <ErrorState error={error} />;
  if (versions?.length === 0) return <p className="p-3 text-xs text-muted">It was not asked for by this page.</p>;
  return (
    <ol aria-label={`Versions of ${instance.name}`} className="p-3 text-xs">
      {versions?.map((version, index) => {
        const older = versions[index + 1];
        return (
          <li key={version.requestedAt} className="border-b py-1.5">
            <div className="flex items-center gap-2">
              <time dateTime={version.requestedAt} className="font-medium">
                {new Date(version.requestedAt).toLocaleString()}
              </time>
              <span className="min-w-0 flex-1 truncate text-muted">
                {[version.softwareType, version.state].filter(Boolean).join(" · ")}
              </span>
              {index === 0 ? (
                <span className="text-muted">asked for now</span>
              ) : (
                <Button
                  size="small"
                  onClick={() => void restore(version).catch((failure: unknown) => app.showError(failure))}
                >
                  Restore and run
                </Button>
              )}
            </div>
            {older && (
              <ParameterChanges
                title="Changed"
                changes={compareParameters(older.parameters, version.parameters)}
                before="before"
                after="then"
              />
            )}
          </li>
        );
      })}
    </ol>
  );
}
