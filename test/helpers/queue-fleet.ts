import { cli, type CliResult } from "./cli.ts";
import { testFleet, type TestFleet } from "./fleet.ts";
import { startRedis, type RedisServer, type TestRedis } from "./redis.ts";
import type { QueueStatus } from "../../src/queue/status-types.ts";
import { expect } from "vitest";
import { waitFor } from "./wait-for.ts";

/** A fleet with a Redis of its own. */
export interface QueueFleet extends TestFleet {
  readonly redis: TestRedis;
  readonly status: () => Promise<QueueStatus>;
  /** Waits until nothing waits or runs. */
  readonly isIdle: (seconds: number) => Promise<QueueStatus>;
}

export async function queueFleet(server?: RedisServer): Promise<QueueFleet> {
  const redis = await startRedis(server);
  const fleet = await testFleet();
  const env = { ...fleet.env, VENVDEB_REDIS_URL: redis.url, VENVDEB_REDIS_PASSWORD: redis.password };
  const run = async (...args: readonly string[]): Promise<CliResult> => cli(args, { cwd: fleet.folder, env });
  const status = async (): Promise<QueueStatus> => {
    const { stdout, stderr } = await run("status", "fleet.toml", "--json");
    expect(stdout, stderr).not.toBe("");
    return JSON.parse(stdout);
  };
  return {
    ...fleet,
    env,
    run,
    redis,
    status,
    isIdle: async (seconds) =>
      await waitFor(
        async () => {
          const now = await status();
          const isBusy = now.queues.some(({ waiting, retried, running }) => waiting + retried + running > 0);
          return isBusy || now.queues.length === 0 ? undefined : now;
        },
        { what: "the queue", seconds },
      ),
  };
}
