"use client";
import { Fragment, useState } from "react";
import { Resizer } from "@/components/ui/resizer";
import { useApp, useValue } from "@/components/workbench/app-context";
import { EditorGroupView } from "./editor-group";

/** The editor groups side by side; a narrow page shows the active one only. */
export function EditorArea() {
  const { editors } = useApp();
  const { groups, activeGroup } = useValue(editors.state);
  const [widths, setWidths] = useState<Readonly<Record<number, number>>>({});
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      {groups.map((group, index) => {
        const width = widths[group.id];
        const isLast = index === groups.length - 1;
        return (
          <Fragment key={group.id}>
            <div
              data-group={group.id}
              className={group.id === activeGroup ? "flex min-w-0 flex-1" : "flex min-w-0 flex-1 max-[899px]:hidden"}
              style={width !== undefined && !isLast ? { flex: `0 0 ${width}px` } : undefined}
            >
              <EditorGroupView group={group} isActive={group.id === activeGroup} isOnly={groups.length === 1} />
            </div>
            {!isLast && (
              <GroupResizer
                group={group.id}
                width={width}
                onChange={(next) => setWidths((before) => ({ ...before, [group.id]: next }))}
              />
            )}
          </Fragment>
        );
      })}
    </div>
  );
}

function GroupResizer({
  group,
  width,
  onChange,
}: {
  readonly group: number;
  readonly width: number | undefined;
  readonly onChange: (width: number) => void;
}) {
  const measured = document.querySelector(`[data-group="${group}"]`)?.getBoundingClientRect().width;
  return (
    <div className="flex max-[899px]:hidden">
      <Resizer
        label="Width of the editor group"
        axis="x"
        value={width ?? measured ?? 400}
        min={180}
        max={window.innerWidth - 400}
        onChange={onChange}
      />
    </div>
  );
}
