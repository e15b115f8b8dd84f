import { z } from "zod";
import { readFile } from "../effects/fs.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import { parseAddress } from "./address.ts";
import { oneLine } from "./names.ts";
import { MOST_COMMITS, type VersionControlKind } from "./types.ts";

/** What a build is told of the version control that its project is from, for the package to say. */
export interface BuildHistory {
  readonly kind: VersionControlKind;
  /** Full id of the commit. */
  readonly commit: string;
  /** Where the repository is, without a user; absent where nobody else gets there. */
  readonly url?: string;
  /** Folder of the project in the repository. */
  readonly path?: string;
  /** Where a browser sees it. */
  readonly browser?: string;
  /** Of the changelog, one line each, as `changelogChanges` gives them. */
  readonly changes: readonly string[];
}

/**
 * What of a source may be said to everybody: nothing of a path of this machine, no user and no password.
 */
export function publicHistory(
  source: { readonly kind: VersionControlKind; readonly url: string; readonly path?: string },
  commit: string,
  changes: readonly string[],
): BuildHistory {
  const { kind, path } = source;
  const address = parseAddress(kind, source.url);
  if (address.isLocal) return { kind, commit, changes };
  const { shown: url } = address;
  const browser = browserOf(url);
  return {
    kind,
    commit,
    url,
    ...(path === undefined || path === "" ? {} : { path }),
    ...(browser === undefined ? {} : { browser }),
    changes,
  };
}

/** The fields of a control file (Policy 5.6.26): `Vcs-Git: https://… [services/api]`. */
export function vcsFields(history: BuildHistory | undefined): Record<string, string> {
  if (history?.url === undefined) return {};
  const { kind, url, path, browser } = history;
  const name = { git: "Vcs-Git", hg: "Vcs-Hg", svn: "Vcs-Svn" }[kind];
  const folder = path === undefined || kind !== "git" ? "" : ` [${path}]`;
  return { ...(browser === undefined ? {} : { "Vcs-Browser": browser }), [name]: `${url}${folder}` };
}

/**
 * Reads a history that another process has written as JSON. It is checked as what strangers write.
 * @throws VenvdebError VCS_BAD_HISTORY
 */
export async function readBuildHistory(path: string): Promise<BuildHistory> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new VenvdebError(
      "VCS_BAD_HISTORY",
      `Cannot read the history "${path}": ${oneLine(messageOf(cause), 300)}`,
      { cause, exitCode: 2 },
    );
  }
}

const line = z
  .string()
  .max(1000)
  .refine((text) => oneLine(text, 1000) === text, "wanted: one clean line");
const address = line.refine((text) => /^[^\s[\]]+$/.test(text), "wanted: an address");

const schema = z.strictObject({
  kind: z.enum(["git", "hg", "svn"]),
  commit: line.min(1),
  url: address.exactOptional(),
  path: line.exactOptional(),
  browser: address.refine((text) => /^https?:/.test(text), "wanted: an https URL").exactOptional(),
  changes: z.array(line).max(MOST_COMMITS),
});

/** Hosts that serve pages where they serve git. */
function browserOf(url: string): string | undefined {
  const [, host, path] =
    /^(?:https?:\/\/([^/:]+)\/|(?:ssh:\/\/)?(?:[\w.-]+@)?([^/:]+)[/:])(.+)$/
      .exec(url)
      ?.filter((part) => part !== undefined) ?? [];
  if (host === undefined || path === undefined || !PAGES.test(host)) return undefined;
  return `https://${host}/${path.replace(/\/+$/, "").replace(/\.git$/, "")}`;
}

const PAGES = /^(?:github\.com|gitlab\.[\w.-]+|codeberg\.org|bitbucket\.org|git\.sr\.ht|hg\.sr\.ht)$/;
