import { availableParallelism, homedir, hostname, userInfo } from "node:os";
import process from "node:process";
import envPaths from "env-paths";

/** What the program knows of the machine and user it runs for; read once in cli.ts and handed down as data. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Empty when the process runs under a number without an account, as containers do. */
  readonly userName: string;
  readonly hostName: string;
  /** Number of the user; 0 is root. */
  readonly uid: number;
  readonly cores: number;
  readonly cacheDirectory: string;
  /** The user's own, for what must not be lost or shared, such as keys. */
  readonly configDirectory: string;
}

/** Reads the facts of this machine. `VENVDEB_CACHE_DIR` and `VENVDEB_CONFIG_DIR` move the two folders. */
export function readHost(): Host {
  const paths = envPaths("venvdeb", { suffix: "" });
  return {
    cwd: process.cwd(),
    env: process.env,
    ...readAccount(),
    hostName: hostname(),
    uid: process.getuid?.() ?? 0,
    cores: availableParallelism(),
    cacheDirectory: process.env["VENVDEB_CACHE_DIR"] ?? paths.cache,
    configDirectory: process.env["VENVDEB_CONFIG_DIR"] ?? paths.config,
  };
}

/** Without an account and without `HOME`, home is the root folder, as in sh and Docker. */
function readAccount(): Pick<Host, "home" | "userName"> {
  try {
    return { home: homedir(), userName: userInfo().username };
  } catch {
    return { home: process.env["HOME"] ?? "/", userName: "" };
  }
}
