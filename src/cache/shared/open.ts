import { join } from "node:path";
import { readFile } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import { redactSecrets } from "../../effects/redact.ts";
import { VenvdebError } from "../../errors.ts";
import { openSharedFolder } from "./folder.ts";
import { findLogin, type Login } from "./netrc.ts";
import type { SharedPlace } from "./types.ts";

/**
 * Opens what `VENVDEB_SHARED_CACHE` names: `s3://BUCKET/PREFIX`, `https://…`, `http://…`, or the absolute path of a folder.
 * Nothing is asked of it yet.
 * @throws VenvdebError CACHE_BAD_SHARED
 */
export async function openSharedPlace(url: string, host: Host): Promise<SharedPlace> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? "";
  if (scheme === "" && url.startsWith("/")) return openSharedFolder(url);
  if (scheme === "s3") return await openBucket(url, host);
  if (scheme === "http" || scheme === "https") return await openServer(url, host);
  throw badPlace(url, "it is neither a bucket, nor a web server, nor a folder's absolute path");
}

async function openBucket(url: string, host: Host): Promise<SharedPlace> {
  const [, name, prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+([^?#]*?))?\/*$/i.exec(url) ?? [];
  if (name === undefined) throw badPlace(url, "it names no bucket");
  // The SDK is much code to load.
  const { openSharedBucket } = await import("./bucket.ts");
  return openSharedBucket(name, prefix === "" ? "" : `${prefix}/`, host);
}

async function openServer(text: string, host: Host): Promise<SharedPlace> {
  if (!URL.canParse(text)) throw badPlace(text, "it is no URL");
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "") throw badPlace(text, "it has a question mark or a number sign");
  const login = loginIn(url) ?? findLogin(await readNetrc(host), url.hostname);
  [url.username, url.password] = ["", ""];
  const { openSharedServer } = await import("./http.ts");
  return openSharedServer(url, login);
}

function loginIn({ username, password, href }: URL): Login | undefined {
  if (username === "" && password === "") return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw badPlace(href, "its user or password has a percent sign that stands for no character", cause);
  }
}

async function readNetrc({ env, home }: Host): Promise<string> {
  return await readFile(env["NETRC"] ?? join(home, ".netrc"), "utf8").catch(() => "");
}

function badPlace(url: string, problem: string, cause?: unknown): VenvdebError {
  const shown = JSON.stringify(redactSecrets(url));
  return new VenvdebError("CACHE_BAD_SHARED", `Cannot use VENVDEB_SHARED_CACHE, ${shown}: ${problem}`, {
    hint: "write s3://BUCKET/PREFIX, https://HOST/PATH or /FOLDER",
    exitCode: 2,
    cause,
  });
}
