import { realpath } from "../effects/fs.ts";
import { tempPrefix } from "../effects/temp-dir.ts";
import { auditTree } from "../relocate/audit.ts";
import { collectNeedles } from "../relocate/needles.ts";
import { readRecords } from "../relocate/records.ts";
import type { Acquired, StepContext } from "./steps.ts";

/**
 * Proves that nothing of this machine and its user is left in the environment. Files that came so from a publisher
 * may hold their own makers' home folders; nothing may hold our folders.
 * @throws VenvdebError RELOCATE_LEAK
 */
export async function auditEnvironment(
  acquired: readonly Acquired[],
  context: StepContext,
  root: string,
): Promise<void> {
  const { host, environment } = context;
  const folders = [
    ...[root, await realpath(root)].map((path) => ({ path, what: "the staging folder" })),
    { path: host.cacheDirectory, what: "the cache folder" },
    { path: tempPrefix(), what: "a temporary folder" },
  ];
  const published = collectPublished(acquired, context);
  auditTree({
    tree: environment,
    needles: collectNeedles({ folders, home: host.home, userName: host.userName, hostName: host.hostName }),
    isPublished: (path) => published.has(path),
  });
}

/** Files of index wheels, what builds took over from their source as it was, and the bytecode of both. */
function collectPublished(acquired: readonly Acquired[], context: StepContext): ReadonlySet<string> {
  const { environment, plan, host } = context;
  const byName = new Map(acquired.map((one) => [one.wheel.name, one]));
  const published = new Set<string>();
  for (const { distInfo, rows } of readRecords(environment, plan.target.python)) {
    const owner = byName.get(ownerName(distInfo));
    if (!owner) continue;
    for (const { path, hash } of rows)
      if (owner.origin === "index" || isTakenOver(owner, hash, host.home)) published.add(path);
  }
  return new Set([...published, ...rowsOfBytecode(context, published)]);
}

function ownerName(distInfo: string): string {
  const [, name = ""] = /([^/]+?)-[^-/]+\.dist-info$/.exec(distInfo) ?? [];
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** A person's home in the project's own source is a mistake to be told; root's is a common word of such files. */
function isTakenOver({ origin, sourceFiles }: Acquired, hash: string, home: string): boolean {
  if (origin === "project" && home !== "/root") return false;
  return sourceFiles.has(hash.replace(/^sha256=/, ""));
}

function rowsOfBytecode({ environment, plan }: StepContext, published: ReadonlySet<string>): string[] {
  return readRecords(environment, plan.target.python).flatMap(({ rows }) =>
    rows.flatMap(({ path }) => {
      const [, folder = "", module = ""] = /^(.*)__pycache__\/([^/]+?)\.[^./]+\.pyc$/.exec(path) ?? [];
      return module !== "" && published.has(`${folder}${module}.py`) ? [path] : [];
    }),
  );
}
