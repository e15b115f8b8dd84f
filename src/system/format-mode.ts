/** Permission bits as commands take them: `0640`. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
