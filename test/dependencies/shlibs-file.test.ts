import { expect, test } from "vitest";
import { findShlibs, parseShlibs, splitSoname } from "../../src/dependencies/shlibs-file.ts";

const entries = parseShlibs(
  [
    "# a comment",
    "libz 1 zlib1g (>= 1:1.2.3)",
    "udeb: libz 1 zlib1g-udeb",
    "deb: libq 2 libq2 (>= 3)",
    "libq 2 libq2",
    "libdb 5.3 libdb5.3",
    "libempty 1",
    "libblas 3 libblas3 | libblas.so.3, libextra1",
    "bad",
  ].join("\n"),
);

test.each([
  ["libz.so.1", "zlib1g (>= 1:1.2.3)"],
  ["libq.so.2", "libq2 (>= 3)"],
  ["libdb-5.3.so", "libdb5.3"],
  ["libempty.so.1", ""],
  ["libblas.so.3", "libblas3 | libblas.so.3, libextra1"],
  ["libz.so.2", undefined],
  ["libz.so", undefined],
])("%s asks for %s", (soname, dependencies) => expect(findShlibs(entries, soname)).toBe(dependencies));

test.each([
  ["libpq.so.5", { library: "libpq", version: "5" }],
  ["libstdc++.so.6", { library: "libstdc++", version: "6" }],
  ["libglib-2.0.so.0", { library: "libglib-2.0", version: "0" }],
  ["libtcl8.6.so", undefined],
  ["libbfd-2.40-system.so", { library: "libbfd", version: "2.40-system" }],
])("%s is taken apart", (soname, parts) => expect(splitSoname(soname)).toEqual(parts));
