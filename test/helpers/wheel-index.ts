import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listenOnLoopback } from "./loopback-server.ts";
import { askPython } from "./python-venv.ts";
import { tempFiles } from "./temp-files.ts";

/** A wheel or sdist of almost nothing. */
export interface TinyDistribution {
  readonly name: string;
  readonly version: string;
  /** Requires-Dist lines. */
  readonly requires?: readonly string[];
  readonly extras?: readonly string[];
  readonly requiresPython?: string;
  /** Default `py3-none-any`. */
  readonly tags?: readonly string[];
}

/** When each file of the index was uploaded, in seconds since the epoch. */
export const UPLOAD_TIME = 1_650_000_000;

/**
 * A package index (PEP 503, 691, 700) with these distributions on the loopback, until the test is over.
 * `directory` has the same files, for `--find-links`.
 */
export async function wheelIndex(
  distributions: readonly TinyDistribution[],
): Promise<{ readonly url: string; readonly directory: string }> {
  const directory = await tempFiles();
  const filenames = await askPython<readonly string[]>("/usr/bin/python3.11", makeFiles, {
    directory,
    distributions,
  });
  const files = await Promise.all(
    filenames.map(async (filename) => ({ filename, bytes: await readFile(join(directory, filename)) })),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const file = files.find(({ filename }) => path === `/files/${filename}`);
    const [, project] = /^\/simple\/([^/]+)\/$/.exec(path) ?? [];
    if (file) response.end(file.bytes);
    else if (project === undefined) response.writeHead(404).end();
    else if (request.headers.accept?.includes("json") !== true)
      response.setHeader("Content-Type", "text/html").end(projectHtml(project, files));
    else
      response
        .setHeader("Content-Type", "application/vnd.pypi.simple.v1+json")
        .end(JSON.stringify(projectPage(project, files)));
  });
  const origin = await listenOnLoopback(server);
  return { url: `${origin}/simple`, directory };
}

function projectPage(project: string, files: readonly { filename: string; bytes: Uint8Array }[]) {
  const own = files.filter(({ filename }) => (filename.split("-")[0] ?? "").replaceAll("_", "-") === project);
  return {
    meta: { "api-version": "1.1" },
    name: project,
    versions: [
      ...new Set(own.map(({ filename }) => /-([0-9][^-]*?)(?:-|\.tar\.gz)/.exec(filename)?.[1] ?? "")),
    ],
    files: own.map(({ filename, bytes }) => ({
      filename,
      url: `../../files/${filename}`,
      size: bytes.length,
      hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
      "upload-time": new Date(UPLOAD_TIME * 1000).toISOString(),
    })),
  };
}

function projectHtml(project: string, files: readonly { filename: string; bytes: Uint8Array }[]): string {
  const links = projectPage(project, files).files.map(
    ({ filename, url, hashes }) => `<a href="${url}#sha256=${hashes.sha256}">${filename}</a><br>`,
  );
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}

const makeFiles = `
import io, json, os, sys, tarfile, zipfile
question = json.load(sys.stdin)
made = []
for one in question["distributions"]:
    stem = one["name"].replace("-", "_") + "-" + one["version"]
    lines = ["Metadata-Version: 2.1", "Name: " + one["name"], "Version: " + one["version"]]
    lines += ["Requires-Python: " + one["requiresPython"]] if "requiresPython" in one else []
    lines += ["Requires-Dist: " + line for line in one.get("requires", [])]
    lines += ["Provides-Extra: " + extra for extra in one.get("extras", [])]
    metadata = "\\n".join(lines) + "\\n"
    for tag in one.get("tags", ["py3-none-any"]):
        made.append(f"{stem}-{tag}.whl")
        with zipfile.ZipFile(os.path.join(question["directory"], made[-1]), "w") as wheel:
            wheel.writestr(one["name"].replace("-", "_") + ".py", "")
            wheel.writestr(f"{stem}.dist-info/METADATA", metadata)
            wheel.writestr(f"{stem}.dist-info/WHEEL", f"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
            wheel.writestr(f"{stem}.dist-info/RECORD", "")
    made.append(f"{stem}.tar.gz")
    with tarfile.open(os.path.join(question["directory"], made[-1]), "w:gz") as sdist:
        content = metadata.encode()
        entry = tarfile.TarInfo(f"{stem}/PKG-INFO")
        entry.size = len(content)
        sdist.addfile(entry, io.BytesIO(content))
print(json.dumps(made))
`;
