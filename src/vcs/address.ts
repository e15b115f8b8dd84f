import { fileURLToPath } from "node:url";
import { VenvdebError } from "../errors.ts";
import { redactSecrets } from "../effects/redact.ts";
import type { VersionControlKind } from "./types.ts";

/** Where a repository is, safe to be given to its tool. */
export interface Address {
  readonly kind: VersionControlKind;
  /** An URL, `user@host:path` of git, or an absolute path. Never begins with `-`. */
  readonly url: string;
  readonly isLocal: boolean;
  /** Without user and password, for messages and the mirror's name. */
  readonly shown: string;
}

/**
 * Checks the URL or absolute path of a repository. Only what can't be anything else goes through: no option, no
 * transport that runs a program (`ext::`, svn tunnels, hg's bundles), no host that ssh would take for an option
 * (CVE-2017-1000117), no line ends for a credential helper (CVE-2020-5260).
 * @throws VenvdebError VCS_BAD_URL
 */
export function parseAddress(kind: VersionControlKind, url: string): Address {
  if (url === "" || url.length > 2048) throw badUrl(url, "it is empty, or has more than 2048 characters");
  const blanks = url.startsWith("/") ? /[\p{Cc}\p{Zl}\p{Zp}\\]/u : /[\p{Cc}\p{Z}\\]/u;
  if (blanks.test(url) || /%(?:0[0-9a-f]|1[0-9a-f]|7f)/i.test(url))
    throw badUrl(url, "it has blanks, backslashes or control characters");
  if (url.startsWith("-")) throw badUrl(url, "it begins with a hyphen");
  if (/^[^/]*::/.test(url)) throw badUrl(url, "it names a transport that runs a program");
  if (url.startsWith("/")) return localAddress(kind, url, url);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  if (scheme === undefined) return hostAndPath(kind, url);
  if (!SCHEMES[kind].includes(scheme)) throw badUrl(url, `its scheme is none of ${SCHEMES[kind].join(", ")}`);
  return scheme === "file" ? fileUrl(kind, url) : networkUrl(kind, url);
}

/** http is for networks of one's own. `git:` proves nothing of who answers and is left out. */
const SCHEMES: Readonly<Record<VersionControlKind, readonly string[]>> = {
  git: ["https", "ssh", "http", "file"],
  hg: ["https", "ssh", "http", "file"],
  svn: ["https", "svn+ssh", "svn", "http", "file"],
};

function localAddress(kind: VersionControlKind, url: string, path: string): Address {
  if (path.split("/").includes("..")) throw badUrl(url, 'its path has ".."');
  if (kind !== "git" && /[#$%]/.test(path))
    throw badUrl(url, `its path has a character that ${kind} gives a meaning (#, $ or %)`);
  const local = kind === "svn" ? `file://${encodeURI(path)}` : path;
  return { kind, url: local, isLocal: true, shown: path };
}

function fileUrl(kind: VersionControlKind, url: string): Address {
  try {
    return localAddress(kind, url, fileURLToPath(url).replace(/(?<=.)\/+$/, ""));
  } catch (cause) {
    if (cause instanceof VenvdebError) throw cause;
    throw badUrl(url, "it is no path of this machine (wanted: file:///path)");
  }
}

/** `git@host:group/project.git`, as ssh has it. */
function hostAndPath(kind: VersionControlKind, url: string): Address {
  const match = /^(?:[A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!\/\/)[^-:][^:]*$/.exec(url);
  if (kind !== "git" || match === null) throw badUrl(url, "it is neither an URL nor an absolute path");
  return { kind, url, isLocal: false, shown: url };
}

function networkUrl(kind: VersionControlKind, url: string): Address {
  if (!URL.canParse(url)) throw badUrl(url, "it is no URL");
  const { hostname, username, password, pathname, hash } = new URL(url);
  if (!/^(?:[A-Za-z0-9_][\w.-]*|\[[0-9a-f:.]+\])$/i.test(hostname)) throw badUrl(url, "its host is none");
  const user = decode(url, username) + decode(url, password);
  if (user.startsWith("-") || /\p{Cc}/u.test(user)) throw badUrl(url, "its user begins with a hyphen");
  if (/^\/+-/.test(decode(url, pathname))) throw badUrl(url, "its path begins with a hyphen");
  if (hash !== "") throw badUrl(url, "it has a number sign (a branch is named by the refs of the source)");
  return { kind, url, isLocal: false, shown: withoutUser(url) };
}

function withoutUser(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/]*@/, "$1");
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl(url, "it has a percent sign that stands for nothing");
  }
}

function badUrl(url: string, problem: string): VenvdebError {
  const shown = redactSecrets(JSON.stringify(url.slice(0, 200)));
  return new VenvdebError("VCS_BAD_URL", `Cannot read from the repository ${shown}: ${problem}`, {
    hint: "give an https or ssh URL, or an absolute path",
    exitCode: 2,
  });
}
