import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { createMachine } from "../helpers/machine.ts";
import { PROGRAM } from "../helpers/cli.ts";
import { repository, runFolder } from "../helpers/run-folder.ts";

let folder: string;
let env: Record<string, string>;
/** What the story says of each chapter: packages without the ids of commits, and the last line of each run. */
let chapters: Map<string, string[]>;

beforeAll(async () => {
  folder = join(runFolder(), "fleet");
  env = Object.fromEntries(
    ["CONFIG", "STATE", "CACHE"].map((name) => [`VENVDEB_${name}_DIR`, join(folder, name.toLowerCase())]),
  );
  const { all } = await execa(join(repository, "sample-apps/fleet/story.sh"), [folder], { all: true });
  chapters = new Map(
    all.split("\n== ").map((chapter) => {
      const [title = "", ...lines] = chapter.split("\n");
      return [
        title,
        lines.filter((line) => /^\+ | in all\.$|^Nothing to do|^warning: (?!builds)/.test(line)).map(neutral),
      ];
    }),
  );
}, 900_000);

/** Without ids of commits and folders. */
function neutral(line: string): string {
  return line
    .replaceAll(/\.([gh])[0-9a-f]{7}-/g, ".$1-")
    .replaceAll(folder, "")
    .replace(/: Cannot.*$/, "");
}

async function venvdeb(...args: readonly string[]) {
  return await execa(process.execPath, [PROGRAM, ...args], { cwd: folder, env, reject: false, all: true });
}

describe("a fleet of git, Mercurial and Subversion", () => {
  test.each([
    [
      "The first sync builds and publishes everything",
      [
        "+ billing 1.0.0-1 (all)",
        "+ mailer 0~hg1.h-1 (amd64)",
        "+ web 0~svn2.r2-1 (all)",
        "+ billing 1.0.0-1 (all)",
        "3 built, 0 failed, 2 suites published, 3 jobs in all.",
      ],
    ],
    ["A second one has nothing to do", ["Nothing to do: 3 jobs published already."]],
    [
      "One commit builds one project",
      ["+ billing 1.0.0+git1.g-1 (all)", "1 built, 0 failed, 1 suite published, 4 jobs in all."],
    ],
    [
      "A tag promotes to stable",
      [
        "+ billing 1.1.0-1 (all)",
        "+ mailer 1.1.0+hg1.h-1 (amd64)",
        "+ web 1.1.0-1 (all)",
        "+ billing 1.1.0-1 (all)",
        "+ mailer 1.1.0-1 (amd64)",
        "+ web 1.1.0-1 (all)",
        "4 built, 0 failed, 2 suites published, 4 jobs in all.",
      ],
    ],
    [
      "A branch is rewritten by force: its version still goes up",
      [
        "+ billing 1.1.0+git2.g-1 (all)",
        "1 built, 0 failed, 1 suite published, 5 jobs in all.",
        "+ billing 1.1.0+git3.g-1 (all)",
        "1 built, 0 failed, 1 suite published, 5 jobs in all.",
      ],
    ],
    [
      "A branch is deleted: what it published stays",
      ["Nothing to do: 5 jobs published already.", "Nothing to do: 5 jobs published already."],
    ],
    [
      "A commit that does not build: its error is kept, the others publish",
      [
        "warning: web (branch trunk, debian:bookworm/amd64) failed",
        "+ mailer 1.1.0+hg2.h-1 (amd64)",
        "1 built, 1 failed, 1 suite published, 6 jobs in all.",
        "+ web 1.1.0+svn2.r5-1 (all)",
        "1 built, 0 failed, 1 suite published, 6 jobs in all.",
      ],
    ],
    [
      "A repository cannot be reached: the others publish",
      [
        "+ billing 1.1.0+git4.g-1 (all)",
        "warning: mailer",
        "1 built, 0 failed, 1 suite published, 4 jobs in all.",
      ],
    ],
  ])("%s", (title, lines) => {
    // What goes to stdout and to stderr may change places.
    expect(chapters.get(title)?.toSorted()).toEqual(lines.toSorted());
  });

  test("a run without work takes less than a second", async () => {
    const seconds = [];
    for (let run = 0; run < 5; run++) {
      const { all, durationMs } = await venvdeb("sync", "fleet.toml");
      expect(all).toContain("Nothing to do");
      seconds.push(durationMs / 1000);
    }
    // Of a machine that is not full of other work.
    expect(Math.min(...seconds)).toBeLessThan(Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
  });

  test("a package says its commit and what changed since the last one", async () => {
    const pool = join(folder, "apt/pool/main/b/billing");
    const deb = (await readdir(pool)).find((name) => name.includes("1.1.0_pgit3")) ?? "";
    const read = async (path: string) =>
      (
        await execa("sh", [
          "-c",
          'dpkg-deb --fsys-tarfile "$0" | tar -xO --wildcards "$1"',
          join(pool, deb),
          path,
        ])
      ).stdout;
    const { stdout: commit } = await execa("git", ["rev-parse", "HEAD~1"], { cwd: join(folder, "billing") });
    expect(await read("*.cdx.json")).toContain(`"value": "${commit}"`);
    const { stdout: changes } = await execa("sh", [
      "-c",
      'dpkg-deb --fsys-tarfile "$0" | tar -xO --wildcards "*/changelog.Debian.gz" | zcat',
      join(pool, deb),
    ]);
    expect(changes).toMatch(/^ {2}\* Right$/m);
    expect(changes).not.toContain("Wrong");
  });

  test("a Debian machine installs and runs what is stable", async () => {
    const machine = await createMachine({ name: "fleet" });
    try {
      await cp(join(folder, "apt"), join(machine.root, "srv/apt"), { recursive: true });
      const line = "deb [signed-by=/srv/apt/example-archive-keyring.asc] file:/srv/apt stable main";
      await writeFile(join(machine.root, "etc/apt/sources.list.d/fleet.list"), `${line}\n`);
      await machine.boot();
      await machine.sh("apt-get -q update && apt-get -q -y install billing mailer web");
      expect(await machine.sh("billing 1.10 2.20; billing --version")).toBe("3.300\n1.1.0");
      expect(await machine.sh("mailer Jane 3; web-page")).toBe("Hello Jane, you owe 3.\n<h1>everybody</h1>");
    } finally {
      await machine.destroy();
    }
  });
});

/** Tries, while it is built, to get at all that it should not; what came of it goes into its wheel. */
const EVIL_BACKEND = `import base64, hashlib, json, os, socket, zipfile

def attempt(run):
    try:
        return repr(run())[:200]
    except Exception as error:
        return type(error).__name__

def build_wheel(folder, settings=None, metadata=None):
    found = {
        "network": attempt(lambda: socket.create_connection(("192.0.2.1", 443), 5)),
        "names": attempt(lambda: socket.getaddrinfo("example.com", 443)),
        "config": attempt(lambda: os.listdir("@FOLDER@/config/keys")),
        "state": attempt(lambda: os.listdir("@FOLDER@/state/sync")),
        "cache": attempt(lambda: open("@FOLDER@/cache/evil", "w")),
        "system": attempt(lambda: open("/usr/local/bin/evil", "w")),
        "secrets": sorted(name for name in os.environ if "SECRET" in name),
        "home": attempt(lambda: sorted(os.listdir(os.path.expanduser("~root")))),
    }
    name = "evil-1.0-py3-none-any.whl"
    files = {
        "evil.py": "FOUND = " + json.dumps(found) + "\\n",
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n",
        "evil-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    rows = ["evil-1.0.dist-info/RECORD,,\\n"]
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            rows.append(f"{path},sha256={digest},{len(text.encode())}\\n")
        wheel.writestr("evil-1.0.dist-info/RECORD", "".join(rows))
    return name
`;

test("a project that attacks its builder gets nowhere", async () => {
  const project = join(folder, "evil");
  await mkdir(join(project, "backend"), { recursive: true });
  await writeFile(join(project, "backend/evil_backend.py"), EVIL_BACKEND.replaceAll("@FOLDER@", folder));
  await writeFile(
    join(project, "pyproject.toml"),
    `[build-system]
requires = []
build-backend = "evil_backend"
backend-path = ["backend"]
[project]
name = "evil"
version = "1.0"
description = "Tries"
maintainers = [{ name = "Eve", email = "eve@example.org" }]
`,
  );
  const git = async (...args: readonly string[]) =>
    execa("git", ["-c", "user.name=Eve", "-c", "user.email=eve@example.org", ...args], { cwd: project });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "-A");
  await git("commit", "--quiet", "-m", "Try");
  await writeFile(
    join(folder, "evil.toml"),
    `[repository]\nurl = "apt"\n[build]\nsandbox = "required"\n[[source]]\ngit = "evil"\nbranches = { main = "testing" }\n`,
  );
  const { all, exitCode } = await execa(process.execPath, [PROGRAM, "sync", "evil.toml"], {
    cwd: folder,
    env: { ...env, AWS_SECRET_ACCESS_KEY: "secret", MY_SECRET: "secret" },
    reject: false,
    all: true,
  });
  expect(exitCode, all).toBe(0);
  const pool = join(folder, "apt/pool/main/e/evil");
  const [deb = ""] = await readdir(pool);
  const { stdout } = await execa("sh", [
    "-c",
    'dpkg-deb --fsys-tarfile "$0" | tar -xO --wildcards "*/evil.py"',
    join(pool, deb),
  ]);
  const found: Record<string, unknown> = JSON.parse(stdout.replace("FOUND = ", ""));
  expect(found).toEqual({
    network: "OSError",
    names: "gaierror",
    config: "FileNotFoundError",
    state: expect.stringMatching(/^(?:\[\]|FileNotFoundError)$/),
    cache: expect.stringMatching(/Error$/),
    system: "OSError",
    secrets: [],
    home: expect.stringMatching(/Error$|^\[/),
  });
  expect(String(found["home"])).not.toMatch(/ssh|aws/);
}, 300_000);
