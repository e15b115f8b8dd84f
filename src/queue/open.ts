import type { FlowProducer, Queue, Worker, WorkerOptions } from "bullmq";
import type { Redis } from "ioredis";
import { trackCleanup } from "../effects/cleanups.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { queuePrefix } from "./names.ts";
import type { RedisAddress } from "./redis-address.ts";

/** Connections to the queues of one fleet. */
export interface Queues {
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly redis: Redis;
  readonly queue: (name: string) => Queue;
  readonly worker: (name: string, run: Processor, limits: WorkerLimits) => Worker;
  readonly flow: () => FlowProducer;
  readonly close: () => Promise<void>;
}

type Processor = Exclude<ConstructorParameters<typeof Worker>[1], string | URL | null | undefined>;
type WorkerLimits = Pick<WorkerOptions, "concurrency" | "lockDuration" | "stalledInterval" | "name">;

interface OpenOptions {
  /** Absolute path or `s3://…` of the fleet's repository. */
  readonly repository: string;
  readonly reporter: Reporter;
  /** Wait for a Redis that goes away, as workers do; else that is a failure. */
  readonly patient: boolean;
}

/**
 * Connects to Redis or Valkey. It must answer now; what goes away later comes back.
 * @throws VenvdebError QUEUE_NO_REDIS
 */
export async function openQueues(
  address: RedisAddress,
  { repository, reporter, patient }: OpenOptions,
): Promise<Queues> {
  // Much code to load, which only these commands need.
  const [bull, { Redis: RedisClient }] = await Promise.all([import("bullmq"), import("ioredis")]);
  const redis = new RedisClient({
    ...connectionOptions(address),
    lazyConnect: true,
    maxRetriesPerRequest: 2,
  });
  const open: (() => Promise<void>)[] = [];
  const tell = createTeller(reporter);
  const close = trackCleanup(async () => {
    await Promise.all(open.map(async (end) => end().catch(() => undefined)));
    redis.disconnect();
  });
  await probe(redis, address, reporter).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const prefix = queuePrefix(repository);
  const options = {
    prefix,
    connection: { ...connectionOptions(address), maxRetriesPerRequest: patient ? null : 5 },
  };
  redis.on("error", tell);
  const queues = new Map<string, Queue>();
  return {
    address,
    prefix,
    redis,
    close,
    queue: (name) => {
      const known = queues.get(name);
      if (known !== undefined) return known;
      const queue = new bull.Queue(name, options);
      queue.on("error", tell);
      open.push(async () => queue.close());
      queues.set(name, queue);
      return queue;
    },
    worker: (name, run, limits) => {
      const connection = { ...options.connection, maxRetriesPerRequest: null };
      const worker = new bull.Worker(name, run, { ...WORKER_OPTIONS, ...limits, prefix, connection });
      // Without a listener, a connection that breaks would end the program.
      worker.on("error", tell);
      // Who wants its jobs done has waited for them before.
      open.push(async () => worker.close(true));
      return worker;
    },
    flow: () => {
      const flow = new bull.FlowProducer(options);
      flow.on("error", tell);
      open.push(async () => flow.close());
      return flow;
    },
  };
}

const WORKER_OPTIONS = {
  autorun: false,
  // A worker that dies is no fault of the job: only its own attempts end it.
  maxStalledCount: 20,
  // Minutes of numbers; their sums are kept for ever.
  metrics: { maxDataPoints: 60 },
};

function connectionOptions({ host, port, database, tls, username, password }: RedisAddress) {
  return {
    host,
    port,
    db: database,
    connectTimeout: 5000,
    retryStrategy: (times: number) => Math.min(100 * 2 ** times, 3000),
    ...(tls ? { tls: { servername: host } } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

async function probe(redis: Redis, { shown }: RedisAddress, reporter: Reporter): Promise<void> {
  const failed = (cause: unknown) =>
    new VenvdebError("QUEUE_NO_REDIS", `Cannot reach the queue at ${shown}: ${messageOf(cause)}`, {
      hint: "see whether Redis or Valkey runs there (redis-cli ping), and whether VENVDEB_REDIS_PASSWORD is right",
      cause,
    });
  const refused = new Promise<never>((_, reject) => redis.once("error", (error) => reject(failed(error))));
  const text = await Promise.race([redis.connect().then(async () => redis.info()), refused]).catch(
    (error: unknown) => {
      throw error instanceof VenvdebError ? error : failed(error);
    },
  );
  refused.catch(() => undefined);
  const [, major = "0", minor = "0"] = /^redis_version:(\d+)\.(\d+)/m.exec(text) ?? [];
  if (Number(major) < 6 || (Number(major) === 6 && Number(minor) < 2))
    throw new VenvdebError(
      "QUEUE_NO_REDIS",
      `Cannot use the queue at ${shown}: it is Redis ${major}.${minor} (wanted: 6.2 or later, or Valkey)`,
      { hint: "apt-get install redis-server" },
    );
  const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
  if (policy !== undefined && policy !== "noeviction")
    reporter.warning(
      `the queue at ${shown} may forget jobs when its memory is full: maxmemory-policy is ${policy}`,
      "set maxmemory-policy noeviction in redis.conf",
    );
}

/** Says what goes wrong with the connection, once in a while. */
function createTeller(reporter: Reporter): (error: Error) => void {
  let silentUntil = 0;
  return (error) => {
    if (Date.now() < silentUntil) return;
    silentUntil = Date.now() + 60_000;
    const message = error.message === "" ? "it does not answer" : error.message;
    reporter.warning(`the queue: ${message}`, "what it holds is still there when it is back");
  };
}
