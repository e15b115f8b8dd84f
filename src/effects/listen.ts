import { once } from "node:events";
import type { Server } from "node:http";
import { trackCleanup } from "./cleanups.ts";

/** Where a server listens, until it is closed or a signal ends the program. */
export interface Listening {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  readonly port: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ListenOptions {
  /** An address, or a name. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** What is thrown when the place is taken, or none of this machine. */
  readonly failure: (cause: unknown) => Error;
}

/** Lets a server listen. */
export async function listen(server: Server, { host, port, failure }: ListenOptions): Promise<Listening> {
  server.listen(port, host);
  await once(server, "listening").catch((cause: unknown) => {
    throw failure(cause);
  });
  const ended = once(server, "close").then(() => undefined);
  const close = trackCleanup(async () => {
    server.close();
    server.closeAllConnections();
    await ended;
  });
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}/`, port: actual, ended, close };
}

/** Whether nobody but this machine reaches an address or name. */
export function isLoopback(host: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host);
}
