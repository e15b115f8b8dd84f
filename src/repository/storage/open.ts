import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../../effects/host.ts";
import { VenvdebError } from "../../errors.ts";
import { redactSecrets } from "../../effects/redact.ts";
import { openDirectory } from "./directory.ts";
import { validatePrefix } from "./paths.ts";
import type { Storage } from "./types.ts";

/**
 * Opens the place of a repository: a folder's path, `file:///path`, or `s3://bucket/prefix` (credentials, region and
 * endpoint as the AWS tools read them, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL too). Nothing is made, and nothing of a
 * bucket is asked: an empty place is one without objects.
 * @throws VenvdebError REPO_BAD_URL, REPO_NO_FOLDER
 */
export async function openStorage(url: string, host: Host): Promise<Storage> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return await openDirectory(resolve(host.cwd, refuseEmpty(url)));
  if (scheme === "file") return await openDirectory(pathOfFileUrl(url));
  if (scheme === "s3") return await openS3(url, host);
  throw badUrl(url, `the scheme "${scheme}" is none that a repository is kept with`);
}

function refuseEmpty(url: string): string {
  if (url === "" || url.includes("\0")) throw badUrl(url, "it is no path");
  return url;
}

function pathOfFileUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw badUrl(url, "it is no path of this machine (wanted: file:///path)", cause);
  }
}

async function openS3(url: string, host: Host): Promise<Storage> {
  const [, name, path = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*?))?\/*$/i.exec(url) ?? [];
  if (name === undefined) throw badUrl(redactSecrets(url), "it names no bucket (wanted: s3://BUCKET/PREFIX)");
  if (/[?#]/.test(path)) throw badUrl(url, "it has a question mark or a number sign");
  validatePrefix(path === "" ? "" : `${path}/`);
  // The SDK is much code to load, and folders do not need it.
  const { openBucket } = await import("./s3/open.ts");
  return openBucket(name, path === "" ? "" : `${path}/`, host);
}

function badUrl(url: string, problem: string, cause?: unknown): VenvdebError {
  return new VenvdebError("REPO_BAD_URL", `Cannot open the repository ${JSON.stringify(url)}: ${problem}`, {
    hint: "give the path of a folder, or s3://BUCKET/PREFIX",
    exitCode: 2,
    cause,
  });
}
