import { posix } from "node:path";
import { unsafe } from "./paths.ts";

/**
 * Refuses symbolic links that lead out of their tree. A link is followed as the kernel does it, through other links of
 * the tree: `a/b/../..` may be inside by its letters and outside by where `b` points. What does not exist is taken as a
 * folder, so a link to nothing can't be one to somewhere later.
 * @param links path of each link of the tree to its target
 * @throws VenvdebError VCS_UNSAFE_TREE
 */
export function checkLinks(links: ReadonlyMap<string, string>): void {
  for (const [path, target] of links) {
    if (target === "" || target.length > LONGEST || target.includes("\0"))
      throw unsafe(path, "it is a link to no path");
    follow(path, links);
  }
}

const LONGEST = 4095;
/** As MAXSYMLINKS of Linux. */
const MOST_HOPS = 40;

function follow(start: string, links: ReadonlyMap<string, string>): void {
  let place = posix.dirname(start) === "." ? [] : posix.dirname(start).split("/");
  const rest = [posix.basename(start)];
  let hops = 0;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (place.length === 0) throw leaves(start, links);
      place = place.slice(0, -1);
      continue;
    }
    const target = links.get([...place, part].join("/"));
    if (target === undefined) place = [...place, part];
    else {
      if (target.startsWith("/")) throw leaves(start, links);
      if (++hops > MOST_HOPS) throw unsafe(start, "it is a link that ends nowhere");
      rest.unshift(...target.split("/"));
    }
  }
}

function leaves(path: string, links: ReadonlyMap<string, string>): Error {
  const target = JSON.stringify((links.get(path) ?? "").slice(0, 200));
  return unsafe(
    path,
    `it is a link out of the tree, to ${target}`,
    "keep what it points to in the folder of the source, or build from a folder that has both",
  );
}
