import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tempFiles } from "./temp-files.ts";

const run = promisify(execFile);

/** dpkg-shlibdeps' word on some objects: their relations, or why it gives none. */
export type ShlibdepsAnswer =
  | { readonly kind: "relations"; readonly relations: readonly string[] }
  | { readonly kind: "refusal"; readonly error: string };

/** Asks dpkg-shlibdeps(1), telling it each folder with objects, so that it finds bundled libraries. */
export async function dpkgShlibdeps(root: string, objects: readonly string[]): Promise<ShlibdepsAnswer> {
  const cwd = await tempFiles({ "debian/control": "Source: oracle\n\nPackage: oracle\nArchitecture: any\n" });
  const paths = objects.map((object) => join(root, object));
  const folders = [...new Set(paths.map(dirname))].map((folder) => `-l${folder}`);
  try {
    const { stdout } = await run(
      "dpkg-shlibdeps",
      ["-O", "--warnings=0", ...folders, ...paths.map((path) => `-e${path}`)],
      {
        cwd,
        env: { ...process.env, LC_ALL: "C" },
        maxBuffer: 1 << 26,
      },
    );
    const depends = /^shlibs:Depends=(.*)$/m.exec(stdout)?.[1] ?? "";
    return { kind: "relations", relations: depends.split(", ").filter((relation) => relation !== "") };
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return { kind: "refusal", error: /^dpkg-shlibdeps: error: (.*)$/m.exec(stderr)?.[1] ?? stderr };
  }
}
