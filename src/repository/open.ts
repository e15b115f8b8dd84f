import type { Host } from "../effects/host.ts";
import type { OpenRepository } from "./publish.ts";
import { readSettings } from "./settings.ts";
import { openStorage } from "./storage/open.ts";

/**
 * Opens a repository: a folder's path, `file:///path` or `s3://bucket/prefix`.
 * @throws VenvdebError REPO_MISSING, REPO_BAD_SETTINGS, and what `openStorage` throws
 */
export async function openRepository(url: string, host: Host): Promise<OpenRepository> {
  const storage = await openStorage(url, host);
  const { settings, version } = await readSettings(storage);
  return { storage, settings, settingsVersion: version };
}
