/** What a timeline shows, from its left to its right. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}
