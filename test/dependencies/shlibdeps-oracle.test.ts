import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSystemCatalog } from "../../src/dependencies/catalog.ts";
import { resolveDependencies } from "../../src/dependencies/resolve.ts";
import { scanObjects, type ScannedFile } from "../../src/dependencies/scan.ts";
import { dpkgShlibdeps } from "../helpers/shlibdeps.ts";
import { bookworm } from "../helpers/target.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { wheelTree } from "../helpers/wheels.ts";

const catalog = readSystemCatalog({
  architecture: "amd64",
  multiarch: "x86_64-linux-gnu",
  codename: "bookworm",
});

async function answers(root: string, files: readonly ScannedFile[]) {
  const objects = await scanObjects(root, files);
  const policy = { ignore: [], recommends: [] };
  const { relations } = resolveDependencies({ objects, catalog: await catalog, policy, target: bookworm });
  const theirs = await dpkgShlibdeps(
    root,
    objects.map(({ path }) => path),
  );
  if (theirs.kind === "refusal") throw new Error(theirs.error);
  return { ours: relations.map(({ relation }) => relation).toSorted(), theirs: theirs.relations.toSorted() };
}

test.each([
  [
    "libpq and zlib",
    "#include <libpq-fe.h>\n#include <zlib.h>\nvoid *f(void) { PQconninfo(0); PQencryptPasswordConn(0, 0, 0, 0); return (void *)deflateInit_; }",
    ["-I/usr/include/postgresql", "-lpq", "-lz"],
  ],
  ["the mathematics library", "#include <math.h>\ndouble f(double x) { return pow(x, 2.5); }", ["-lm"]],
  [
    "the interpreter",
    "#include <Python.h>\nint main(void) { Py_Initialize(); return 0; }",
    ["-I/usr/include/python3.11", "-lpython3.11"],
  ],
  [
    "C++",
    '#include <string>\n#include <iostream>\nint f() { std::string s("a"); s.reserve(); std::cout << s; return 0; }',
    ["-x", "c++", "-lstdc++"],
  ],
])("an object compiled here against %s: dpkg-shlibdeps' answer", async (_, source, flags) => {
  const root = await tempFiles({ "source.c": `${source}\n`, "DEBIAN/control": "" });
  mkdirSync(join(root, "opt"));
  const language = flags.includes("c++") ? ["-x", "c++"] : ["-x", "c"];
  const libraries = flags.filter((flag) => flag !== "-x" && flag !== "c++");
  execFileSync("gcc", [
    "-shared",
    "-fPIC",
    "-Wl,--no-as-needed",
    "-o",
    join(root, "opt/x.so"),
    ...language,
    join(root, "source.c"),
    "-x",
    "none",
    ...libraries,
  ]);
  const { ours, theirs } = await answers(root, [{ path: "opt/x.so" }]);
  expect(ours).toEqual(theirs);
});

test.each(["markupsafe==3.0.4", "pillow==13.0.0", "psycopg2-binary==2.9.13", "orjson==3.13.0"])(
  "%s: dpkg-shlibdeps' answer but for libc6's bound",
  async (requirement) => {
    const tree = await wheelTree(requirement);
    const { ours, theirs } = await answers(tree.root, tree.files);
    expect(withoutLibc(ours)).toEqual(withoutLibc(theirs));
    expect(ours.filter((one) => one.startsWith("libc6 "))).toHaveLength(1);
  },
);

function withoutLibc(relations: readonly string[]): string[] {
  return relations.filter((one) => !one.startsWith("libc6 "));
}
