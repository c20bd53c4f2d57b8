/**
 * A heap that stays near what lives in it, for processes that keep much: the analysis of a whole
 * repository, or a server with several pages (226 MB resident with three of them as it comes, 216 so).
 *
 * V8 lets a heap grow to several times its live size before it collects. Measured on 742 profiles: 202 MB resident as it
 * comes, 145 MB with growth of 30 % at a time, for 3–6 % more processor time.
 */
import { setFlagsFromString } from "node:v8";

const GROWTH_PERCENT = 30;

export function keepHeapCompact(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
