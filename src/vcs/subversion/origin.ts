import type { SvnClient } from "./client.ts";
import { copiesOf, readFacts, rootOf } from "./history.ts";
import { childrenOf, type XmlElement } from "./xml.ts";

/**
 * What stands for the content of a folder: the place and revision that changed it last, and of a copy in which nothing was
 * changed, such as a tag, those of what was copied. Undefined where there is no such folder.
 * @throws VenvdebError VCS_UNREACHABLE
 */
export async function contentId(
  client: SvnClient,
  path: string,
  revision: number,
): Promise<string | undefined> {
  const facts = await readFacts(client, path, revision);
  if (facts === undefined) return undefined;
  const root = rootOf(facts.path, path);
  let at = { path: facts.path, revision };
  for (let copies = 0; copies < MOST_COPIES; copies++) {
    const from = await copiedFrom(client, root, at);
    if (from === undefined) break;
    at = from;
  }
  const origin = await readFacts(client, below(root, at.path), at.revision);
  return origin === undefined ? undefined : `${origin.uuid}${origin.path}@${origin.changed}`;
}

interface Place {
  /** From the root of the repository. */
  readonly path: string;
  readonly revision: number;
}

const MOST_COPIES = 20;

/** Nothing where the folder is no copy, was changed since or while it was copied, or comes from outside of the address. */
async function copiedFrom(
  client: SvnClient,
  root: string,
  { path, revision }: Place,
): Promise<Place | undefined> {
  const range = ["--verbose", "--stop-on-copy", "--limit=2", `--revision=${revision}:1`];
  const log = await client.ask(
    ["log", ...range, client.urlOf(below(root, path), revision)],
    "read the history",
  );
  const [entry, more] = childrenOf(log, "logentry");
  if (entry === undefined || more !== undefined) return undefined;
  const copy = copiesOf(entry).find(({ to }) => to === path || path.startsWith(`${to}/`));
  if (copy === undefined || changes(entry, path) || !isBelow(root, copy.from)) return undefined;
  return { path: copy.from + path.slice(copy.to.length), revision: copy.revision };
}

/** Whether a commit changes anything in a folder, besides of making it. */
function changes(entry: XmlElement, path: string): boolean {
  const changed = childrenOf(entry, "paths").flatMap((paths) => childrenOf(paths, "path"));
  return changed.some(({ text }) => text.startsWith(`${path}/`));
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

function below(root: string, path: string): string {
  return path === root ? "" : path.slice(root.length + 1);
}
