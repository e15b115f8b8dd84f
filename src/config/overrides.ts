import { isTable, valueOf } from "../toml.ts";
import type { Problem } from "./problem.ts";
import { validateSettings } from "./problems.ts";
import type { RawConfig } from "./schema.ts";

/**
 * Joins the overrides for a target into the settings: first `debian:bookworm`, then `debian:bookworm/amd64`. What is
 * only wrong when joined is reported at the override.
 */
export function applyOverrides(
  settings: RawConfig,
  target: string | undefined,
): { settings: RawConfig } | { problems: readonly Problem[] } {
  const { target: overrides = {}, ...general } = settings;
  if (target === undefined) return { settings: general };
  const names = [target.replace(/\/.*$/, ""), target].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  const used = names.filter((name) => Object.hasOwn(overrides, name));
  if (used.length === 0) return { settings: general };
  const joined = used.reduce<unknown>((whole, name) => join(whole, overrides[name]), general);
  const checked = validateSettings(joined);
  if ("settings" in checked) return checked;
  return { problems: checked.problems.map((problem) => atOverride(problem, overrides, used)) };
}

/** Tables are joined key by key; any other value takes the place of the one before. */
function join(general: unknown, special: unknown): unknown {
  if (!isTable(general) || !isTable(special)) return special;
  const joined = Object.entries(special).map(
    ([key, value]) => [key, join(valueOf(general, key), value)] as const,
  );
  return Object.fromEntries([...Object.entries(general), ...joined]);
}

/** The last override that names the table in question. */
function atOverride(
  problem: Problem,
  overrides: Readonly<Record<string, object>>,
  used: readonly string[],
): Problem {
  const [table = "", ...rest] = problem.path;
  const name = used.findLast((candidate) => Object.hasOwn(overrides[candidate] ?? {}, table));
  const { atKey, message } = problem;
  return name === undefined ? problem : { path: ["target", name, table, ...rest], atKey, message };
}
