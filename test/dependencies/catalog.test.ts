import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSystemCatalog } from "../../src/dependencies/catalog.ts";
import { writeElf } from "../helpers/elf-writer.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const target = { architecture: "amd64", multiarch: "x86_64-linux-gnu", codename: "bookworm" };
const abi = { class: 64, littleEndian: true, machine: 62, flags: 0, osAbi: 0 } as const;
const query = { abi, searchPath: [] };
const library = (machine = 62) => writeElf({ wide: true, littleEndian: true, machine, needed: [] });

test.each([
  "libc.so.6",
  "libstdc++.so.6",
  "libgcc_s.so.1",
  "libz.so.1",
  "libpq.so.5",
  "libssl.so.3",
  "liblzma.so.5",
])("%s of this machine is in the package that dpkg names", async (soname) => {
  const found = (await readSystemCatalog(target)).find(soname, query);
  const owner = execFileSync("dpkg", ["-S", found?.path ?? ""], { encoding: "utf8" });
  expect(owner).toContain(`${found?.package ?? ""}:amd64: ${found?.path ?? ""}`);
  expect(found?.symbols?.templates[0]).toContain("#MINVER#");
});

test("a library that is asked for by its file name is the one that it says it is", async () => {
  const catalog = await readSystemCatalog(target);
  const { soname, ...named } = catalog.find("libgomp.so.1.0.0", query) ?? {};
  expect(soname).toBe("libgomp.so.1.0.0");
  expect(named).toMatchObject({ package: "libgomp1", symbols: { templates: ["libgomp1 #MINVER#"] } });
});

test("what no machine has is not found", async () => {
  expect((await readSystemCatalog(target)).find("libnowhere.so.7", query)).toBeUndefined();
});

const info = "var/lib/dpkg/info";

test("another release's tree: links, alternatives, merged /usr, other machines, ld.so.conf", async () => {
  const root = await tempFiles({
    "usr/lib/x86_64-linux-gnu/libreal.so.1.2": library(),
    "usr/lib/x86_64-linux-gnu/foreign/libother.so.1": library(183),
    "usr/lib/x86_64-linux-gnu/blas/libblas.so.3": library(),
    "opt/vendor/lib/libvendor.so.1": library(),
    "etc/ld.so.conf": "# loader\ninclude /etc/ld.so.conf.d/*.conf\n",
    "etc/ld.so.conf.d/vendor.conf": "/opt/vendor/lib\n",
    [`${info}/libreal1:amd64.list`]:
      "/.\n/lib/x86_64-linux-gnu/libreal.so.1\n/lib/x86_64-linux-gnu/libreal.so.1.2\n",
    [`${info}/libreal1:amd64.symbols`]: "libreal.so.1 libreal1 #MINVER#\n f@Base 1.5\n",
    [`${info}/libreal1:i386.list`]: "/usr/lib/x86_64-linux-gnu/libreal.so.1\n",
    [`${info}/libblas3:amd64.list`]: "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3\n",
    [`${info}/libblas3:amd64.shlibs`]: "libblas 3 libblas3 | libblas.so.3\n",
    [`${info}/vendor.list`]: "/opt/vendor/lib/libvendor.so.1\n",
  });
  symlinkSync("usr/lib", join(root, "lib"));
  symlinkSync("libreal.so.1.2", join(root, "usr/lib/x86_64-linux-gnu/libreal.so.1"));
  mkdirSync(join(root, "etc/alternatives"));
  symlinkSync("/etc/alternatives/blas", join(root, "usr/lib/x86_64-linux-gnu/libblas.so.3"));
  symlinkSync("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3", join(root, "etc/alternatives/blas"));
  symlinkSync("loop", join(root, "usr/lib/x86_64-linux-gnu/loop"));
  const catalog = await readSystemCatalog(target, { root });

  expect(catalog.find("libreal.so.1", query)).toMatchObject({
    path: "/lib/x86_64-linux-gnu/libreal.so.1",
    package: "libreal1",
    symbols: { smallestVersion: "1.5" },
  });
  expect(catalog.find("libblas.so.3", query)).toEqual({
    soname: "libblas.so.3",
    path: "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3",
    package: "libblas3",
    shlibs: "libblas3 | libblas.so.3",
  });
  expect(catalog.find("libvendor.so.1", query)).toEqual({
    soname: "libvendor.so.1",
    path: "/opt/vendor/lib/libvendor.so.1",
    package: "vendor",
  });
  const foreign = { abi, searchPath: ["/usr/lib/x86_64-linux-gnu/foreign"] };
  expect(catalog.find("libother.so.1", foreign)).toBeUndefined();
  expect(catalog.find("libother.so.1", { ...foreign, abi: { ...abi, machine: 183 } })).toBeDefined();
  expect(catalog.find("loop", query)).toBeUndefined();
});

test("the administrator's files come before the package's", async () => {
  const root = await tempFiles({
    "usr/lib/libone.so.1": library(),
    "usr/lib/libtwo.so.1": library(),
    "usr/lib/libthree.so.1": library(),
    [`${info}/libs.list`]: "/usr/lib/libone.so.1\n/usr/lib/libtwo.so.1\n/usr/lib/libthree.so.1\n",
    [`${info}/libs.symbols`]: "libone.so.1 libs #MINVER#\n f@Base 1\n",
    [`${info}/libs.shlibs`]: "libone 1 libs\nlibtwo 1 libs\n",
    "etc/dpkg/symbols/libs.symbols.amd64": 'libone.so.1 libs-local #MINVER#\n#include "more"\n',
    "etc/dpkg/symbols/more": " f@Base 2\n",
    "etc/dpkg/shlibs.override": "libtwo 1 libs (>= 9)\n",
    "etc/dpkg/shlibs.default": "libtwo 1 wrong\nlibthree 1 libs (>= 3)\n",
  });
  const catalog = await readSystemCatalog(target, { root });
  expect(catalog.find("libone.so.1", query)?.symbols).toMatchObject({
    templates: ["libs-local #MINVER#"],
    smallestVersion: "2",
  });
  expect(catalog.find("libtwo.so.1", query)?.shlibs).toBe("libs (>= 9)");
  expect(catalog.find("libthree.so.1", query)?.shlibs).toBe("libs (>= 3)");
});

test("a tree without dpkg's database is refused", async () => {
  const root = await tempFiles();
  const error = await thrown(() => readSystemCatalog(target, { root }));
  expect(error.code).toBe("DEPENDS_NO_DATABASE");
});
