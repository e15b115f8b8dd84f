import { join } from "node:path";
import { lstatSync, readFile } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { readPipSettings } from "./pip-config.ts";

/** How uv is told what pip is set to. */
export interface IndexSettings {
  /** Variables for uv; credentials are only ever here, never in an argument. */
  readonly environment: Readonly<Record<string, string>>;
  /** Options that have no variable. */
  readonly arguments: readonly string[];
}

/**
 * pip's index settings in uv's words, so that a machine that is set up for pip needs nothing more. What the user set
 * for uv itself (`UV_*`, uv.toml) goes first. Extra indexes keep uv's order: the first index that has a name serves
 * it, which is what stands between a private name and a stranger's package of that name.
 */
export async function readIndexSettings(host: Host, projectDirectory: string): Promise<IndexSettings> {
  const pip = await readPipSettings(host);
  const own = await uvConfiguration(host, projectDirectory);
  const wanted = {
    ...(own.hasIndexes ? {} : indexVariables(pip, own.hasDefault)),
    ...transportVariables(pip),
  };
  const environment = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== "" && !isSet(host, name)),
  );
  const noIndex = /^(?:1|true|yes|on)$/i.test(pip.get("no-index") ?? "");
  return { environment, arguments: noIndex ? ["--no-index"] : [] };
}

function indexVariables(pip: ReadonlyMap<string, string>, hasDefault: boolean): Record<string, string> {
  return {
    UV_DEFAULT_INDEX: hasDefault ? "" : (pip.get("index-url") ?? ""),
    UV_INDEX: words(pip.get("extra-index-url")).join(" "),
    UV_FIND_LINKS: words(pip.get("find-links")).filter(isReachable).join(","),
  };
}

function transportVariables(pip: ReadonlyMap<string, string>): Record<string, string> {
  const keyring = pip.get("keyring-provider") ?? "";
  const proxy = pip.get("proxy") ?? "";
  return {
    UV_INSECURE_HOST: words(pip.get("trusted-host")).join(" "),
    SSL_CERT_FILE: pip.get("cert") ?? "",
    SSL_CLIENT_CERT: pip.get("client-cert") ?? "",
    UV_KEYRING_PROVIDER:
      { subprocess: "subprocess", import: "subprocess", disabled: "disabled" }[keyring] ?? "",
    UV_CONSTRAINT: words(pip.get("constraint")).join(" "),
    ALL_PROXY: proxy,
    UV_HTTP_TIMEOUT: pip.get("timeout") ?? pip.get("default-timeout") ?? "",
  };
}

/** The older names that uv reads for the same thing count as set too. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  UV_DEFAULT_INDEX: ["UV_INDEX_URL"],
  UV_INDEX: ["UV_EXTRA_INDEX_URL"],
  ALL_PROXY: ["all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"],
  UV_HTTP_TIMEOUT: ["UV_REQUEST_TIMEOUT"],
};

function isSet(host: Host, name: string): boolean {
  return [name, ...(SAME[name] ?? [])].some((one) => (host.env[one] ?? "") !== "");
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** uv stops at a folder that is not there; pip only remarks on it. */
function isReachable(location: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return true;
  return lstatSync(location, { throwIfNoEntry: false }) !== undefined;
}

async function uvConfiguration(host: Host, projectDirectory: string) {
  const user = join(host.env["XDG_CONFIG_HOME"] ?? join(host.home, ".config"), "uv/uv.toml");
  const general = [host.env["UV_CONFIG_FILE"] ?? user, "/etc/uv/uv.toml"];
  const texts = await Promise.all(general.map((file) => readFile(file, "utf8").catch(() => "")));
  const project = await Promise.all(
    ["uv.toml", "pyproject.toml"].map((name) =>
      readFile(join(projectDirectory, name), "utf8").catch(() => ""),
    ),
  );
  return {
    hasIndexes: texts.some((text) =>
      /^\s*(?:\[\[(?:pip\.)?index\]\]|(?:extra-)?index(?:-url)?\s*=)/m.test(text),
    ),
    hasDefault: project.some((text) =>
      /^\s*\[\[(?:tool\.uv\.)?index\]\](?:\n(?!\s*\[).*)*\n\s*default\s*=\s*true/m.test(text),
    ),
  };
}
