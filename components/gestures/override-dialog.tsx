"use client";
import { useEffect, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName } from "@/lib/client/file-tree";
import type { GestureIntent } from "@/lib/protocol/gestures";
import { useProfile } from "../profile/use-profile";
import { OptionFields, type OptionText } from "./option-fields";
import { answerOf, ProposalView } from "./proposal-view";
import { useProposal } from "./use-proposal";
import { isSandbox, toSandbox, useReleasesOf } from "./use-releases-of";

/**
 * Change one option: where, which, what; with the value and the lines that come of it before anything is written.
 * An override begins in the sandbox of a release, a customisation in the file that defines the option.
 */
export function OverrideDialog({
  path,
  customises = false,
  section: firstSection,
  option: firstOption,
  onClose,
}: {
  readonly path: string;
  readonly customises?: boolean;
  readonly section?: string;
  readonly option?: string;
  readonly onClose: () => void;
}) {
  const app = useApp();
  const releases = useReleasesOf(path);
  const [picked, setPicked] = useState<string>();
  const profile = customises ? path : (picked ?? releases?.[0]);
  return (
    <Dialog title={customises ? "Customise component" : "Override in sandbox"} width="full" onClose={onClose}>
      {profile === undefined ? (
        <div className="grid flex-1 place-items-center">
          <Spinner label="Looking for the releases that extend this file" />
        </div>
      ) : (
        <OverrideForm
          key={profile}
          profile={profile}
          customises={customises}
          releases={customises ? [] : (releases ?? [])}
          onPick={setPicked}
          section={firstSection}
          option={firstOption}
          onClose={onClose}
          onMade={(runs) => {
            if (!customises) app.runControl.pick(runs);
            app.editors.openFile({ path: runs });
          }}
        />
      )}
    </Dialog>
  );
}

function OverrideForm({
  profile,
  customises,
  releases,
  onPick,
  section: firstSection,
  option: firstOption,
  onClose,
  onMade,
}: {
  readonly profile: string;
  readonly customises: boolean;
  readonly releases: readonly string[];
  readonly onPick: (profile: string) => void;
  readonly section?: string;
  readonly option?: string;
  readonly onClose: () => void;
  readonly onMade: (runs: string) => void;
}) {
  const app = useApp();
  const known = useValue(app.project.state, (state) => state.releases);
  const canSandbox = !customises && !isSandbox(profile) && known.some((release) => release.profile === profile);
  const [place, setPlace] = useState<"profile" | "sandbox">(canSandbox ? "sandbox" : "profile");
  const [text, setText] = useState<OptionText>({
    section: firstSection ?? "",
    option: firstOption ?? "",
    operator: undefined,
    value: "",
  });
  const [extend, setExtend] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const found = useProfile("buildout/effective", profile, { section: text.section || "buildout" });
  const effective = found.state === "here" ? found.answer : undefined;
  const isOther = effective !== undefined && text.section !== "" && effective.section !== text.section;
  const current = isOther ? undefined : effective?.options.find(({ name }) => name === text.option);
  const operator = text.operator ?? (current?.raw.includes("\n") || current?.raw.startsWith("--") ? "+=" : "=");

  const [file, setFile] = useState<string>();
  const origins = customises ? originsOf(current, profile) : [];
  const target = file !== undefined && origins.includes(file) ? file : (origins[0] ?? profile);

  const intent = useMemo<GestureIntent | undefined>(() => {
    if (!text.section || !text.option.trim() || (operator !== "=" && text.value.trim() === "")) return undefined;
    if (operator === "=" && (text.value === current?.raw || (text.value === "" && current === undefined))) return;
    return {
      gesture: "override",
      profile: target,
      section: text.section,
      option: text.option.trim(),
      operator,
      value: text.value,
      place: canSandbox ? place : "profile",
      ...(extend.length > 0 && { extend: [...extend] }),
    };
  }, [target, text, operator, place, canSandbox, extend, current]);
  const proposed = useProposal(intent);
  const answer = answerOf(proposed);
  const ready =
    proposed.state === "here" && answer?.kind === "proposed" && answer.files.length > 0 ? answer : undefined;

  // Extends that were offered for one value are not for the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value
  useEffect(() => setExtend([]), [text.value, text.section]);

  const apply = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      if (!(await app.gestures.make(ready, ready.summary))) return;
      onClose();
      onMade(ready.runs);
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="grid min-h-0 flex-1 grid-cols-2 gap-5 max-[900px]:grid-cols-1 max-[900px]:overflow-auto"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-auto p-0.5">
        {releases.length > 1 && (
          <label className="block">
            <span className="mb-1 block text-xs">For the release</span>
            <select className="field font-mono" value={profile} onChange={({ target }) => onPick(target.value)}>
              {releases.map((release) => (
                <option key={release}>{release}</option>
              ))}
            </select>
          </label>
        )}
        {canSandbox && (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 text-xs">Write it into</legend>
            {(
              [
                ["sandbox", toSandbox(profile), "extends the release, which stays as it is"],
                ["profile", profile, "the release itself"],
              ] as const
            ).map(([id, file, why]) => (
              <label key={id} className="flex items-center gap-2 text-text">
                <input type="radio" name="place" checked={place === id} onChange={() => setPlace(id)} />
                <span className="font-mono">{toName(file)}</span>
                <span className="text-xs text-faint">{why}</span>
              </label>
            ))}
          </fieldset>
        )}
        {origins.length > 1 && (
          <label className="block">
            <span className="mb-1 block text-xs">Write it into</span>
            <select className="field font-mono" value={target} onChange={(event) => setFile(event.target.value)}>
              {origins.map((origin) => (
                <option key={origin}>{origin}</option>
              ))}
            </select>
          </label>
        )}
        <OptionFields
          text={{ ...text, operator }}
          effective={isOther ? undefined : effective}
          sections={effective?.sections ?? []}
          onChange={setText}
        />
      </div>
      <div className="flex min-h-0 flex-col gap-3">
        <div className="min-h-0 flex-1 overflow-auto p-0.5">
          <ProposalView
            proposed={proposed}
            option={text}
            onExtend={(path) => setExtend([...extend, path])}
            empty="The value before and after, and the lines that change, appear here."
          />
        </div>
        <div className="flex justify-end gap-2 pb-3">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!ready} busy={busy}>
            {customises ? "Customise" : "Override"}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Files of the workspace that write the option, the one that defines it first. */
function originsOf(
  option: { readonly steps: readonly { readonly place?: { readonly path: string } }[] } | undefined,
  profile: string,
): string[] {
  const written = (option?.steps ?? []).flatMap(({ place }) =>
    place && !/^https?:/.test(place.path) ? [place.path] : [],
  );
  return [...new Set([...written, profile])];
}
