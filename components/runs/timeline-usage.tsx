import { describeBytes } from "@/lib/client/run-words";
import type { RunTimeline } from "@/lib/protocol/timeline";
import type { TimeSpan } from "./time-span";

type Sample = RunTimeline["usage"]["samples"][number];

interface Curve {
  readonly title: string;
  readonly stroke: string;
  readonly pick: (sample: Sample) => number;
  readonly describe: (value: number) => string;
}

const CURVES: readonly Curve[] = [
  {
    title: "Processors",
    stroke: "var(--accent)",
    pick: ({ cpu }) => cpu,
    describe: (value) => value.toFixed(1),
  },
  {
    title: "Memory",
    stroke: "var(--syntax-reference)",
    pick: ({ residentBytes }) => residentBytes,
    describe: describeBytes,
  },
  {
    title: "Disk",
    stroke: "var(--warn)",
    pick: ({ readBytesPerSecond, writtenBytesPerSecond }) => readBytesPerSecond + writtenBytesPerSecond,
    describe: (value) => `${describeBytes(Math.round(value))}/s`,
  },
];
const WIDTH = 1000;
const HEIGHT = 24;

/** What the run and everything it started used of the machine, on the axis of the parts. */
export function TimelineUsage({ timeline, span }: { readonly timeline: RunTimeline; readonly span: TimeSpan }) {
  const { samples } = timeline.usage;
  if (samples.length === 0) return null;
  return (
    <tfoot>
      {CURVES.map((curve) => {
        const values = samples.map(curve.pick);
        const most = Math.max(...values);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const words = `${curve.describe(mean)} on average, ${curve.describe(most)} at most`;
        return (
          <tr key={curve.title} data-usage={curve.title}>
            <th scope="row" className="border-t px-3 py-1 text-left font-medium">
              {curve.title}
            </th>
            <td colSpan={3} className="border-t px-2 text-right text-muted @xl:whitespace-nowrap">
              {words}
            </td>
            <td className="border-t px-2 py-0.5">
              <svg
                role="img"
                aria-label={`${curve.title}: ${words}`}
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                className="block h-6 w-full"
              >
                <polyline
                  points={toPoints(samples, values, most, span)}
                  fill="none"
                  stroke={curve.stroke}
                  strokeWidth={1.5}
                  vectorEffect="non-scaling-stroke"
                />
              </svg>
            </td>
          </tr>
        );
      })}
    </tfoot>
  );
}

function toPoints(samples: readonly Sample[], values: readonly number[], most: number, span: TimeSpan): string {
  const total = span.toMs - span.fromMs;
  return samples
    .map(({ at }, index) => {
      const x = ((Date.parse(at) - span.fromMs) / total) * WIDTH;
      const y = HEIGHT - 1 - (most > 0 ? (values[index]! / most) * (HEIGHT - 2) : 0);
      return `${Math.min(WIDTH, Math.max(0, x)).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
