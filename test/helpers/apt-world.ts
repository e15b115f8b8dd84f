import { VenvdebError } from "../../src/errors.ts";
import { aptMachine, type AptMachine } from "./apt-machine.ts";
import { cliRepository, type CliRepository } from "./cli-repository.ts";
import { lockPorts } from "./locks.ts";
import { startNginx, type WebServer } from "./web-servers.ts";

/** A repository on nginx, and a machine of each release that gets its packages there. */
export interface AptWorld {
  readonly repository: CliRepository;
  readonly server: WebServer;
  /** Where another repository can be served. */
  readonly otherPort: number;
  /** On all machines at once. */
  readonly onEach: (run: (machine: AptMachine) => Promise<unknown>) => Promise<void>;
  readonly machines: number;
  readonly destroy: () => Promise<void>;
}

export async function aptWorld([port, otherPort]: readonly [number, number]): Promise<AptWorld> {
  const undo: (() => Promise<unknown>)[] = [];
  const destroy = async () => {
    for (const each of undo.toReversed()) await each();
  };
  try {
    undo.push(await lockPorts([port, otherPort]));
    const repository = cliRepository();
    undo.push(repository.destroy);
    const server = await startNginx({ root: repository.folder, port });
    undo.push(server.stop);
    const made = await Promise.allSettled(RELEASES.map(aptMachine));
    const machines = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    undo.push(() => Promise.all(machines.map((each) => each.destroy())));
    for (const [index, each] of made.entries())
      if (each.status === "rejected") forgiveOld(RELEASES[index]?.release, each.reason);
    const onEach: AptWorld["onEach"] = async (run) => {
      await Promise.all(machines.map(run));
    };
    return { repository, server, otherPort, onEach, machines: machines.length, destroy };
  } catch (error) {
    await destroy();
    throw error;
  }
}

/** Mirrors drop a release some day after its end; then there is no machine of it any more. */
function forgiveOld(release: string | undefined, reason: unknown): void {
  const isGone = reason instanceof VenvdebError && reason.code === "REHEARSE_NO_MACHINE";
  if (release !== "bullseye" || !isGone) throw reason;
  process.stderr.write(`without a machine of bullseye: ${reason.message}\n`);
}

const RELEASES = [
  { release: "bookworm", booted: true },
  { release: "trixie", booted: true },
  { release: "bullseye", booted: false },
] as const;
