import { planPages } from "./plan.ts";
import type { PackageNotes, PageInput } from "./types.ts";

/** All files of the site, path to text. */
export function renderPage(
  input: PageInput & { readonly notes?: ReadonlyMap<string, PackageNotes> },
): ReadonlyMap<string, string> {
  const notes = input.notes ?? new Map<string, PackageNotes>();
  return new Map(planPages(input).map(({ path, render }) => [path, render(notes)]));
}
