import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { hostingSnippet } from "./hosting-snippets.ts";
import { waitFor } from "./wait-for.ts";

/** `scripts/setup.sh test` puts nginx and Caddy there: installed, they would be services of the machine. */
const UNPACKED = join(import.meta.dirname, "../../.cache/tools/web-servers");

/** A real server on loopback that hands a repository out. */
export interface WebServer {
  readonly url: string;
  /** A line each request that it had since the last time: `GET /dists/stable/InRelease 200`. */
  readonly newRequests: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

export interface WebServerOptions {
  readonly root: string;
  /** The caller has locked it. */
  readonly port: number;
  /** A user's name and password as htpasswd has them, `ci:{PLAIN}secret`: nobody else is let in. */
  readonly user?: string;
}

/** Debian's nginx, as an unprivileged user, with what the how-to says. */
export async function startNginx({ root, port, user }: WebServerOptions): Promise<WebServer> {
  const password = "# Private: auth_basic";
  const server = (folder: string) =>
    hostingSnippet("nginx", {
      "listen 443 ssl": `listen 127.0.0.1:${port}`,
      "/srv/apt": root,
      "/etc/nginx/apt.htpasswd": `${folder}/users`,
      ...(user === undefined ? {} : { [password]: password.slice("# Private: ".length) }),
    });
  const configuration = (folder: string) => `daemon off;
user www-data;
pid ${folder}/pid;
error_log ${folder}/errors;
events {}
http {
  include ${UNPACKED}/etc/nginx/mime.types;
  default_type application/octet-stream;
  log_format short '$request_method $request_uri $status';
  access_log ${folder}/requests short;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
${server(folder)}
}
`;
  const command = [`${UNPACKED}/usr/sbin/nginx`, "-e", "stderr", "-c"];
  return await startServer({ port, configuration, command, files: { users: `${user ?? ""}\n` } });
}

/** Debian's Apache, as an unprivileged user, with what the how-to says. */
export async function startApache({ root, port }: WebServerOptions): Promise<WebServer> {
  const modules = ["mpm_event", "authz_core", "mime", "headers", "dir", "autoindex"];
  const configuration = (folder: string) => `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/errors
User www-data
Group www-data
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
LogFormat "%m %U %>s" short
CustomLog ${folder}/requests short
TypesConfig /etc/mime.types
AddEncoding x-gzip .gz
<VirtualHost 127.0.0.1:${port}>
${hostingSnippet("Apache", { "/srv/apt": root })}
</VirtualHost>
`;
  const command = ["apache2", "-D", "FOREGROUND", "-f"];
  return await startServer({ port, configuration, command });
}

/** Debian's Caddy with what the how-to says. */
export async function startCaddy({ root, port }: WebServerOptions): Promise<WebServer> {
  const configuration = () => `{
  admin off
  auto_https off
}
${hostingSnippet("Caddy", { "apt.example.com": `http://127.0.0.1:${port}`, "/srv/apt": root })}`;
  const command = [`${UNPACKED}/usr/bin/caddy`, "run", "--adapter", "caddyfile", "--config"];
  return await startServer({ port, configuration, command });
}

interface ServerDescription {
  readonly port: number;
  readonly configuration: (folder: string) => string;
  /** The last word, the configuration's path, is left out. */
  readonly command: readonly string[];
  /** Further files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>;
}

async function startServer({
  port,
  configuration,
  command,
  files = {},
}: ServerDescription): Promise<WebServer> {
  const folder = await mkdtemp(join(tmpdir(), "venvdeb-web-"));
  const file = join(folder, "configuration");
  for (const [name, text] of Object.entries({ ...files, configuration: configuration(folder) }))
    await writeFile(join(folder, name), text);
  // The servers drop root's rights.
  await chmod(folder, 0o755);
  const [program, ...args] = [...command, file];
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const running = execa(program, args, { reject: false, stdin: "ignore", env });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    running.kill("SIGTERM");
    await running;
    await rm(folder, { recursive: true, force: true });
  };
  const isUp = async (): Promise<true | undefined> => {
    if (running.exitCode !== null && running.exitCode !== undefined)
      throw new Error(`${program} ended: ${(await running).stderr}\n${await readErrors(folder)}`);
    return (await fetch(url).catch(() => undefined)) === undefined ? undefined : true;
  };
  try {
    await waitFor(isUp, { what: program });
  } catch (error) {
    await stop();
    throw error;
  }
  let seen = 0;
  const newRequests = async (): Promise<string[]> => {
    const lines = (await readFile(join(folder, "requests"), "utf8")).split("\n").slice(0, -1);
    return lines.slice(seen, (seen = lines.length));
  };
  await newRequests().catch(() => []);
  return { url, newRequests, stop };
}

async function readErrors(folder: string): Promise<string> {
  return readFile(join(folder, "errors"), "utf8").catch(() => "");
}
