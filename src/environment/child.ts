import { join } from "node:path";
import { exec, type ExecOptions, type ExecResult } from "../effects/exec.ts";
import { lstatSync } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";

export type Environment = Readonly<Record<string, string>>;

/**
 * Runs a program with exactly this environment and umask 022, so that nothing of the builder's shell shows in what it makes.
 * @throws VenvdebError as `exec`
 */
export async function runChild(
  file: string,
  args: readonly string[],
  environment: Environment,
  options: Omit<ExecOptions, "env" | "cleanEnv"> = {},
): Promise<ExecResult> {
  return await exec(file, args, { ...options, env: environment, cleanEnv: true, umask: "022" });
}

/** For Debian's own programs: nothing of the user's. */
export function systemEnvironment(host: Host): Environment {
  return { PATH: SYSTEM_PATH, HOME: host.home, LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC" };
}

/**
 * For pip and uv: what of the user's environment says how to reach indexes and repositories (proxies, certificates,
 * pip's and uv's settings, ssh and git). They run build backends to learn what a source requires, so nothing else gets
 * there; but for keyring, whose plug-ins know the user's clouds. What would lead them to another Python than the one
 * that they are told is left out, and so are our own settings, of which some are secrets.
 */
export function installerEnvironment(host: Host): Environment {
  const withKeyring = ["PIP_KEYRING_PROVIDER", "UV_KEYRING_PROVIDER"].some(
    (name) => (host.env[name] ?? "") !== "",
  );
  const kept = Object.entries(host.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !MISLEADING.test(entry[0]) && (withKeyring || REACHING.test(entry[0])),
  );
  return { PATH: SYSTEM_PATH, ...Object.fromEntries(kept), ...FIXED, HOME: host.env["HOME"] ?? host.home };
}

/**
 * For build backends and compilers: an empty home, the compiler's settings of the user, no credentials.
 * `path` comes first on PATH; the user's own folders follow for cargo, cmake and the like.
 */
export function backendEnvironment(
  host: Host,
  options: { readonly home: string; readonly path: string },
): Environment {
  const kept = Object.entries(host.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && COMPILER_SETTING.test(entry[0]) && !CREDENTIAL_URL.test(entry[1]),
  );
  return {
    CARGO_HOME: `${host.home}/.cargo`,
    RUSTUP_HOME: `${host.home}/.rustup`,
    ...Object.fromEntries(kept),
    ...FIXED,
    HOME: options.home,
    PATH: [options.path, ...compilerPath(host)].join(":"),
    PYTHONHASHSEED: "0",
    PIP_NO_INPUT: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
}

/** The user's PATH without the folders that bring another Python: pyenv's shims, conda, virtual environments. */
function compilerPath(host: Host): string[] {
  const folders = (host.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const other = folders.filter((folder) => !SYSTEM_FOLDERS.includes(folder) && isWithoutPython(folder));
  return [...new Set([...other, ...SYSTEM_FOLDERS])];
}

/** A folder that this user may not look into (root's, left on PATH by su or a container) has no compiler for it either. */
function isWithoutPython(folder: string): boolean {
  try {
    return ["python", "python3"].every(
      (name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) === undefined,
    );
  } catch {
    return false;
  }
}

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SYSTEM_FOLDERS: readonly string[] = SYSTEM_PATH.split(":");

const FIXED = { LC_ALL: "C.UTF-8", LANG: "C.UTF-8", TZ: "UTC", PYTHONDONTWRITEBYTECODE: "1" } as const;

const REACHING =
  /^(?:PATH|USER|LOGNAME|TMPDIR|XDG_.*|PIP_.*|UV_.*|NETRC|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY|SSL_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSH_.*|GIT_.*|HG.*|DBUS_SESSION_BUS_ADDRESS|CARGO_HOME|RUSTUP_.*)$/;

const MISLEADING =
  /^(?:VENVDEB_.*|PYTHON.*|VIRTUAL_ENV.*|CONDA_.*|PYENV_.*|__PYVENV_LAUNCHER__|LC_.*|LANGUAGE|PIP_(?:TARGET|PREFIX|ROOT|USER|PYTHON|REQUIRE_VIRTUALENV|CACHE_DIR|REPORT|DRY_RUN|CONSTRAINT_.*|NO_CLEAN|SRC|BUILD)|UV_(?:PYTHON.*|SYSTEM_PYTHON|BREAK_SYSTEM_PACKAGES|MANAGED_PYTHON|PROJECT.*|CACHE_DIR|NO_CACHE|LINK_MODE|COMPILE_BYTECODE|REQUIRE_HASHES|NO_VERIFY_HASHES|ENV_FILE|WORKING_DIRECTORY|WORKING_DIR|NO_BUILD_ISOLATION|NO_BINARY.*|NO_BUILD.*|EDITABLE|DRY_RUN))$/;

/** A proxy's user and password are a secret too. */
const CREDENTIAL_URL = /:\/\/[^\s/]*@/;

const COMPILER_SETTING =
  /^(?:(?:.*_)?(?:CFLAGS|CPPFLAGS|CXXFLAGS|LDFLAGS|LIBS|RUSTFLAGS)|(?:.*_)?(?:INCLUDE|LIB)_?DIRS?|CC|CXX|LD|AR|FC|PKG_CONFIG(?:_.*)?|CMAKE_(?!.*TOKEN).*|MAKEFLAGS|(?:PG|MYSQL|LDAP)_CONFIG|CARGO_(?:HOME|NET_.*|HTTP_.*|BUILD_JOBS)|RUSTUP_(?:HOME|TOOLCHAIN)|SETUPTOOLS_SCM_PRETEND_VERSION.*|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR))$/;
