import { VenvdebError } from "../errors.ts";

/** Where Redis or Valkey is, and how to get in. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly database: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** For people: without what gets in. */
  readonly shown: string;
}

export const DEFAULT_REDIS = "redis://127.0.0.1:6379";

/**
 * Reads `redis://[USER@]HOST[:PORT][/DATABASE]`, with `rediss` for TLS (the form of IANA's registered scheme). The password is
 * another one's to give: other users of a machine read command lines.
 * @throws VenvdebError QUEUE_BAD_URL
 */
export function parseRedisAddress(text: string, password?: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === "")
    throw badUrl("it is none of Redis");
  const [, digits = "0"] = /^\/(\d{1,4})$/.exec(url.pathname) ?? [];
  if (url.pathname !== "" && url.pathname !== "/" && digits === "0" && url.pathname !== "/0")
    throw badUrl("its path is no number of a database");
  if (url.search !== "" || url.hash !== "") throw badUrl("it has a question mark or a number sign");
  const tls = url.protocol === "rediss:";
  const port = url.port === "" ? 6379 : Number(url.port);
  const username = decodeURIComponent(url.username);
  const secret = url.password === "" ? password : decodeURIComponent(url.password);
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ""),
    port,
    database: Number(digits),
    tls,
    ...(username === "" ? {} : { username }),
    ...(secret === undefined || secret === "" ? {} : { password: secret }),
    shown: `${url.protocol}//${url.hostname}:${port}${digits === "0" ? "" : `/${digits}`}`,
  };
}

/** The text itself may hold a password, so no message quotes it. */
function badUrl(problem: string): VenvdebError {
  return new VenvdebError(
    "QUEUE_BAD_URL",
    `Cannot use the address of the queue: ${problem} (wanted: redis://HOST:PORT, or rediss:// with TLS)`,
    {
      hint: "give --redis redis://queue.example.org:6379, and the password in VENVDEB_REDIS_PASSWORD",
      exitCode: 2,
    },
  );
}
