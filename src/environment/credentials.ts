import { join } from "node:path";
import { readFile } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { isTable, parseToml, valueOf } from "../toml.ts";
import { readIndexSettings } from "./index-settings.ts";

/** What the fetch helper needs to reach a server. Handed over by standard input only. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly cafile?: string;
  readonly clientCertificate?: string;
  readonly insecure: boolean;
  readonly keyring: boolean;
}

/**
 * The way to a file of a package index: the URL's own user, else that of the configured index on the same host
 * (pip's and uv's settings, `UV_INDEX_<NAME>_USERNAME` for the project's named indexes); netrc and keyring are
 * the helper's own business.
 */
export async function findAccess(url: string, host: Host, projectDirectory: string): Promise<Access> {
  const { environment } = await readIndexSettings(host, projectDirectory);
  const all: Readonly<Record<string, string | undefined>> = { ...host.env, ...environment };
  const known = INDEX_VARIABLES.flatMap((name) => (all[name] ?? "").split(/[\s,]+/)).map((one) =>
    one.replace(/^[A-Za-z0-9_-]+=(?=https?:)/, ""),
  );
  const user = [url, ...known].map((one) => userOf(one, url)).find((one) => one !== undefined);
  const target = new URL(url);
  const insecure = (all["UV_INSECURE_HOST"] ?? "").split(/\s+/);
  return {
    ...(user ?? (await namedIndexUser(target, all, projectDirectory))),
    ...(all["SSL_CERT_FILE"] === undefined ? {} : { cafile: all["SSL_CERT_FILE"] }),
    ...(all["SSL_CLIENT_CERT"] === undefined ? {} : { clientCertificate: all["SSL_CLIENT_CERT"] }),
    insecure: insecure.includes(target.host) || insecure.includes(target.hostname),
    keyring: all["UV_KEYRING_PROVIDER"] === "subprocess",
  };
}

/** The URL of an index with the user and password that are set up for it. For the environment of a child only. */
export async function withAccess(url: string, host: Host, projectDirectory: string): Promise<string> {
  if (!URL.canParse(url)) return url;
  const { username, password } = await findAccess(url, host, projectDirectory);
  return username === undefined ? url : withUser(url, { username, password: password ?? "" });
}

/** Puts a user and password into an URL, if there are any. */
export function withUser(url: string, { username, password }: Pick<Access, "username" | "password">): string {
  if (username === undefined || !URL.canParse(url)) return url;
  const full = new URL(url);
  full.username = encodeURIComponent(username);
  full.password = encodeURIComponent(password ?? "");
  return full.href;
}

const INDEX_VARIABLES = [
  "UV_INDEX",
  "UV_DEFAULT_INDEX",
  "UV_EXTRA_INDEX_URL",
  "UV_INDEX_URL",
  "UV_FIND_LINKS",
] as const;

function userOf(candidate: string, url: string): { username: string; password: string } | undefined {
  if (!URL.canParse(candidate)) return undefined;
  const { origin, username, password } = new URL(candidate);
  if (origin !== new URL(url).origin || username === "") return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function namedIndexUser(
  target: URL,
  environment: Readonly<Record<string, string | undefined>>,
  projectDirectory: string,
): Promise<{ username?: string; password?: string }> {
  const text = await readFile(join(projectDirectory, "pyproject.toml")).catch(() => undefined);
  if (text === undefined) return {};
  const project = parseToml(text, "pyproject.toml", "PROJECT_BAD_TOML");
  const indexes = valueOf(valueOf(valueOf(project, "tool"), "uv"), "index");
  for (const index of Array.isArray(indexes) ? indexes.filter(isTable) : []) {
    const [name, url] = [index["name"], index["url"]];
    if (typeof name !== "string" || typeof url !== "string" || !URL.canParse(url)) continue;
    if (new URL(url).origin !== target.origin) continue;
    const prefix = `UV_INDEX_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
    const [username, password] = [environment[`${prefix}_USERNAME`], environment[`${prefix}_PASSWORD`]];
    if (username !== undefined) return { username, password: password ?? "" };
  }
  return {};
}
