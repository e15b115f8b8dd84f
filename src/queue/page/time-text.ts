/** A span for people: `40 s`, `12 min`, `3 h`, `2 days`. */
export function spanText(seconds: number): string {
  const span = Math.max(0, Math.round(seconds));
  if (span < 90) return `${span}\u00a0s`;
  if (span < 5400) return `${Math.round(span / 60)}\u00a0min`;
  if (span < 129_600) return `${Math.round(span / 3600)}\u00a0h`;
  return `${Math.round(span / 86_400)}\u00a0days`;
}

/** How long ago something was, both in seconds since 1970. */
export function ago(time: number | undefined, now: number): string {
  return time === undefined ? "" : `${spanText(now - time)} ago`;
}
