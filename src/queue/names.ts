import { createHash } from "node:crypto";
import type { SyncJob } from "../sync/types.ts";
import { refText } from "../sync/plan-action.ts";

/** What all keys of a fleet in Redis begin with: several fleets can share one. */
export function queuePrefix(repository: string): string {
  return `venvdeb-${createHash("sha256").update(repository).digest("hex").slice(0, 16)}`;
}

const BUILD = "build";

/**
 * A queue for each target and version of venvdeb: a worker gets what it can build. Targets have colons and slashes,
 * which names of queues must not have.
 */
export function buildQueueName(target: string, tool: string): string {
  return [BUILD, tool, ...target.split(/[:/]/)].join("~");
}

export function publishQueueName(tool: string): string {
  return `publish~${tool}`;
}

/** What the name of a queue says; nothing for a name that is not ours. */
export function readQueueName(
  name: string,
): { readonly kind: "build" | "publish"; readonly tool: string; readonly target: string } | undefined {
  const [, kind, tool, distribution, codename, architecture] =
    /^(build|publish)~([\w.+-]{1,50})(?:~([a-z0-9.-]{1,50})~([a-z0-9.-]{1,50})~([a-z0-9-]{1,50}))?$/.exec(
      name,
    ) ?? [];
  if (tool === undefined || (kind === BUILD) !== (architecture !== undefined)) return undefined;
  return kind === BUILD
    ? { kind: BUILD, tool, target: `${distribution}:${codename}/${architecture}` }
    : { kind: "publish", tool, target: "" };
}

/** `billing 1.4.2-1 (tag v1.4.2)`. */
export function jobLabel({ source, version, revision, refs }: SyncJob): string {
  const what = version === undefined ? "" : ` ${version.debian}-${revision}`;
  return `${source}${what} (${refs.map(refText).join(", ")})`.slice(0, 500);
}
