import type { Storage } from "../../repository/storage/types.ts";
import type { Queues } from "../../queue/open.ts";
import type { Fleet } from "../../sync/fleet/types.ts";
import type { CommandContext, OptionSpecs } from "../types.ts";

export const FLEET_OPERAND = {
  name: "fleet",
  describe: "Fleet file: what is built, and for which repository",
  count: "one",
} as const;

export const QUEUE_OPTIONS = {
  redis: {
    type: "text",
    describe: "Redis or Valkey: redis://HOST:PORT; its password is in VENVDEB_REDIS_PASSWORD",
    fallback: "VENVDEB_REDIS_URL, else redis://127.0.0.1:6379",
  },
  store: {
    type: "text",
    describe: "Where workers put packages and logs: a shared folder, or s3://BUCKET/PREFIX",
    fallback: "the repository",
  },
} as const satisfies OptionSpecs;

interface QueueValues {
  readonly redis: string | undefined;
  readonly store: string | undefined;
}

interface OpenFleet {
  readonly fleet: Fleet;
  readonly queues: Queues;
  readonly store: Storage;
}

interface QueueUse {
  readonly context: CommandContext;
  /** A Redis that goes away is waited for. */
  readonly patient: boolean;
}

/** Opens what the commands of the queue work with, and closes it at the end: a connection would keep the program from ending. */
export async function withFleetQueues(
  file: string,
  values: QueueValues,
  use: QueueUse,
  run: (open: OpenFleet) => Promise<0 | 1>,
): Promise<0 | 1> {
  const open = await openFleetQueues(file, values, use);
  try {
    return await run(open);
  } finally {
    await open.queues.close();
  }
}

async function openFleetQueues(
  file: string,
  values: QueueValues,
  { context, patient }: QueueUse,
): Promise<OpenFleet> {
  const { host, reporter } = context;
  const [{ readFleet }, { openStorage }, { openQueues }, { DEFAULT_REDIS, parseRedisAddress }] =
    await Promise.all([
      import("../../sync/fleet/read.ts"),
      import("../../repository/storage/open.ts"),
      import("../../queue/open.ts"),
      import("../../queue/redis-address.ts"),
    ]);
  const url = values.redis ?? host.env["VENVDEB_REDIS_URL"] ?? DEFAULT_REDIS;
  const address = parseRedisAddress(url, host.env["VENVDEB_REDIS_PASSWORD"]);
  const fleet = await readFleet(file, host.cwd);
  const store = await openStorage(values.store ?? fleet.repository.url, host);
  const queues = await openQueues(address, { repository: fleet.repository.url, reporter, patient });
  return { fleet, queues, store };
}
