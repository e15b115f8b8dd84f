import type { OpenRepository } from "../publish.ts";
import { markReachable, publishedSuites } from "./reachable.ts";

/**
 * Files of the pool that no kept release names: removed ones within the grace, and those of a publisher that was killed or
 * still runs.
 * @throws VenvdebError REPO_DAMAGED
 */
export async function findOrphans(repository: OpenRepository): Promise<string[]> {
  const { storage } = repository;
  const pool: string[] = [];
  for await (const { path } of storage.list("pool/")) pool.push(path);
  const { paths } = await markReachable(repository, await publishedSuites(repository), await storage.now());
  return pool.filter((path) => !paths.has(path));
}
