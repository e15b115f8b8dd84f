import { execFileSync } from "node:child_process";
import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import { testHost } from "../helpers/environment-build.ts";
import { cachedProject, type CachedProject } from "../helpers/cached-project.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { serveIndex } from "../helpers/simple-index.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { writeWheel } from "../helpers/wheel-writer.ts";

/** What it finds goes into the wheel, so a package shows in what surroundings its backend was. */
const BACKEND = `import json, os, subprocess, zipfile
from builder_version import VERSION

asked = []

def get_requires_for_build_wheel(config_settings=None):
    asked.append(True)
    return FURTHER

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open(__file__) as stream:
        altered = "altered" in stream.read().partition("def build_wheel")[0]
    script = subprocess.run(["builder"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        from extra import NAME as extra
    except ImportError:
        extra = None
    with open("app.py") as stream:
        source = stream.read()
    found = [VERSION, len(asked), altered, script == os.environ["VIRTUAL_ENV"], extra]
    with open(__file__, "r+") as stream:
        text = stream.read()
        stream.seek(0)
        stream.write("# altered\\n" + text)
    folder = "app-1.0.dist-info"
    files = {"app.py": source, "found.txt": json.dumps(found)}
    files[folder + "/METADATA"] = "Metadata-Version: 2.1\\nName: app\\nVersion: 1.0\\nRequires-Dist: alpha\\n"
    files[folder + "/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    rows = "".join(row(path, text) for path, text in files.items())
    files[folder + "/RECORD"] = rows + folder + "/RECORD,,\\n"
    name = "app-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return name

def row(path, text):
    import base64, hashlib
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return "%s,sha256=%s,%d\\n" % (path, digest, len(text.encode()))

def main():
    import sys
    print(sys.prefix)
`;

async function writeBuilders(): Promise<string> {
  const wheels = await tempFiles();
  for (const [version, further] of [
    ["1.0", "[]"],
    ["2.0", "[]"],
    ["3.0", '["extra"]'],
  ] as const)
    await writeWheel(wheels, {
      name: "builder",
      version,
      files: {
        "builder.py": BACKEND.replace("FURTHER", further),
        "builder_version.py": `VERSION = "${version}"\n`,
      },
      distInfo: { "entry_points.txt": "[console_scripts]\nbuilder = builder:main\n" },
    });
  await writeWheel(wheels, { name: "extra", files: { "extra.py": "NAME = 'extra'\n" } });
  return wheels;
}

async function projectWith(requirement: string) {
  const index = await serveIndex(await writeBuilders(), "someone", "secret");
  const project = await cachedProject();
  const address = index.origin.replace("//", "//someone:secret@");
  const env = { ...process.env, SOURCE_DATE_EPOCH: "1700000000", UV_DEFAULT_INDEX: `${address}/simple/` };
  const build = async (options = {}) => {
    const host = testHost({ cacheDirectory: project.cache, env });
    const reporter = recordingReporter();
    const output = join(project.directory, "dist");
    const given = { directory: project.directory, output, jobs: 2, host, reporter };
    return await buildPackage({ ...given, ...options });
  };
  const needs = async (line: string) =>
    await project.write(
      "pyproject.toml",
      `[build-system]\nrequires = ["${line}"]\nbuild-backend = "builder"\n\n[project]\nname = "app"\nversion = "1.0"\ndescription = "d"\nauthors = [{ name = "A", email = "a@example.org" }]\n`,
    );
  await needs(requirement);
  const cold = async () => await build({ noCache: true, output: join(project.directory, "cold") });
  return { project, build, needs, cold };
}

/** What the backend has found: its version, whether it was asked before, altered, by its own script, what came besides. */
function found(path: string): unknown {
  const member = "./opt/app/lib/python3.11/site-packages/found.txt";
  return JSON.parse(
    execFileSync("sh", ["-c", 'dpkg-deb --fsys-tarfile "$0" | tar -xO "$1"', path, member], {
      encoding: "utf8",
    }),
  );
}

function kept({ cache }: CachedProject, kind: "tools" | "blobs"): string[] {
  return readdirSync(join(cache, "layers", kind), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

describe("the environment of a build backend", () => {
  test("is made once, and each build finds it as it was made", async () => {
    const { project, build, cold } = await projectWith("builder==1.0");
    for (const text of ["x = 1\n", "x = 2\n", "x = 3\n"]) {
      await project.write("app.py", text);
      const { sha256, path } = await build();
      expect(found(path)).toEqual(["1.0", 0, false, true, null]);
      expect(sha256).toBe((await cold()).sha256);
      expect(kept(project, "tools")).toHaveLength(2);
    }
  });

  test("is another one for another version", async () => {
    const { project, build, needs, cold } = await projectWith("builder==1.0");
    const first = await build();
    await needs("builder==2.0");
    const second = await build();
    expect(second.sha256).toBe((await cold()).sha256);
    expect(second.sha256).not.toBe(first.sha256);
    expect(kept(project, "tools")).toHaveLength(3);
  });

  test("is made anew where what was kept is damaged", async () => {
    const { project, build, cold } = await projectWith("builder==1.0");
    await build();
    for (const file of kept(project, "blobs")) truncateSync(file, 10);
    await project.write("app.py", "x = 4\n");
    expect((await build()).sha256).toBe((await cold()).sha256);
  });

  test("gets what the backend asks for besides", async () => {
    const { project, build, cold } = await projectWith("builder==3.0");
    await build();
    await project.write("app.py", "x = 5\n");
    const { sha256, path } = await build();
    expect(found(path)).toEqual(["3.0", 0, false, true, "extra"]);
    expect(sha256).toBe((await cold()).sha256);
  });
});
