import { chown, cp, mkdir, readFile, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installedCli } from "../helpers/installed-cli.ts";
import { createUser } from "../helpers/ordinary-user.ts";
import { repository, runFolder } from "../helpers/run-folder.ts";

/** What one builder has that another has not. */
interface Surroundings {
  readonly folder: string;
  readonly uid: number;
  readonly home: string;
  readonly umask: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly jobs: number;
  /** For faketime(1). */
  readonly clock: string;
  /** Where the time of the package comes from: the commit of a checkout, or SOURCE_DATE_EPOCH and files alone. */
  readonly timeFrom: "commit" | "variable";
}

const projects = {
  "hello-web": join(repository, "sample-apps/hello-web"),
  // Its own extension in C, and psycopg2, which is published as source only: compilers like to note where they ran.
  compiled: join(repository, "test/fixtures/projects/compiled"),
};

let user: Awaited<ReturnType<typeof createUser>>;
beforeAll(async () => {
  user = await createUser(`venvdeb-${process.pid}`);
});
afterAll(() => user.remove());

test.each(Object.entries(projects))("%s is the same file from every builder", async (name, sources) => {
  const base = join(runFolder(), "reproducible", name);
  const origin = await commitSources(sources, join(base, "origin"));
  const first = await buildIn(origin, {
    folder: join(base, "a"),
    uid: 0,
    home: join(base, "a/home"),
    umask: "022",
    timeZone: "UTC",
    locale: "C.UTF-8",
    jobs: 1,
    clock: "+0",
    timeFrom: "commit",
  });
  const second = await buildIn(origin, {
    folder: join(base, "another folder/with a longer name"),
    uid: user.uid,
    home: join(base, "another home"),
    umask: "077",
    timeZone: "Pacific/Kiritimati",
    locale: "C",
    jobs: 2,
    clock: "+26h",
    timeFrom: "commit",
  });
  // A container often runs under a number that has no account.
  const third = await buildIn(origin, {
    folder: join(base, "c"),
    uid: 54_321,
    home: join(base, "c/home"),
    umask: "007",
    timeZone: "America/St_Johns",
    locale: "POSIX",
    jobs: 2,
    clock: "-5h",
    timeFrom: "variable",
  });
  await expectSameBytes(first, second);
  await expectSameBytes(first, third);
});

/** Seconds since the epoch of the one commit. */
const commitTime = 1_750_000_000;

async function commitSources(sources: string, origin: string): Promise<string> {
  await cp(sources, origin, { recursive: true });
  const when = `${commitTime} +0000`;
  const env = { GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when };
  const git = execa({ cwd: origin, env });
  await git("git", ["init", "--quiet"]);
  await git("git", ["add", "."]);
  await git("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "all"]);
  return origin;
}

/** Builds a fresh checkout with empty caches and gives the path of the package. */
async function buildIn(origin: string, surroundings: Surroundings): Promise<string> {
  const { folder, uid, home } = surroundings;
  const project = join(folder, "project");
  await execa("git", ["clone", "--quiet", "--no-local", origin, project]);
  if (surroundings.timeFrom === "variable") await rm(join(project, ".git"), { recursive: true });
  await mkdir(home, { recursive: true });
  await giveTo(uid, [folder, home]);
  const command = [await installedCli(), "build", "--jobs", String(surroundings.jobs)];
  const asUser = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const atTime = ["faketime", "-f", surroundings.clock];
  const withUmask = ["sh", "-c", `umask ${surroundings.umask} && exec "$@"`, "sh"];
  const [file = "", ...args] = asUser.concat(atTime, withUmask, command);
  const env = environmentOf(surroundings);
  const { stdout } = await execa(file, args, { cwd: project, stdin: "ignore", extendEnv: false, env });
  return resolve(project, stdout.trim());
}

/** The caller's settings for reaching package indexes stay; what tells one builder from another does not. */
function environmentOf(surroundings: Surroundings): Record<string, string | undefined> {
  const { home, timeZone, locale, timeFrom } = surroundings;
  return {
    ...process.env,
    XDG_CACHE_HOME: undefined,
    VENVDEB_CACHE_DIR: undefined,
    SOURCE_DATE_EPOCH: timeFrom === "variable" ? String(commitTime) : undefined,
    HOME: home,
    TZ: timeZone,
    LC_ALL: locale,
    LANG: locale,
  };
}

async function giveTo(uid: number, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await execa("chown", ["-R", `${uid}:${uid}`, folder]);
    await chown(join(folder, ".."), uid, uid);
  }
}

async function expectSameBytes(left: string, right: string): Promise<void> {
  const [a, b] = await Promise.all([digest(left), digest(right)]);
  if (a === b) return;
  const { stdout } = await execa("diffoscope", ["--max-report-size", "20000", left, right], {
    reject: false,
  });
  expect.fail(`${left} and ${right} differ\n${stdout}`);
}

async function digest(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
