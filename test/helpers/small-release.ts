import { resolveDependencies, type ResolveInput } from "../../src/dependencies/resolve.ts";
import type { ResolvedDependencies } from "../../src/dependencies/types.ts";
import { catalogOf } from "./object-facts.ts";
import { bookworm } from "./target.ts";

const libc = [
  "libc.so.6 libc6 #MINVER#",
  "| libc6 (>> 2.36), libc6 (<< 2.37)",
  ...["2.2.5", "2.14", "2.17", "2.28", "2.34"].map(
    (version) => ` GLIBC_${version}@GLIBC_${version} ${version}`,
  ),
  " GLIBC_ABI_DT_RELR@GLIBC_ABI_DT_RELR 2.36",
  " GLIBC_PRIVATE@GLIBC_PRIVATE 0 1",
  "libpthread.so.0 libc6 #MINVER#",
  " GLIBC_2.2.5@GLIBC_2.2.5 2.34",
].join("\n");
const libpq = [
  "libpq.so.5 libpq5 #MINVER#",
  "* Build-Depends-Package: libpq-dev",
  " PQexec@Base 0",
  " PQencryptPasswordConn@Base 10~~",
  " PQpipelineStatus@Base 14~~",
].join("\n");
/** A small release: glibc, libpq5, libstdc++6, and libraries of every odd kind. */
const catalog = catalogOf(
  {
    libc6: libc,
    libpq5: libpq,
    "libstdc++6":
      "libstdc++.so.6 libstdc++6 #MINVER#\n GLIBCXX_3.4@GLIBCXX_3.4 4.1.1\n f@GLIBCXX_3.4 4.1.1\n g@GLIBCXX_3.4 5.2\n",
  },
  [
    {
      soname: "libblas.so.3",
      path: "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3",
      package: "libblas3",
      shlibs: "libblas3 | libblas.so.3, libextra1",
    },
    {
      soname: "libprivate.so",
      path: "/usr/lib/vendor/libprivate.so",
      package: "vendor",
      folder: "/usr/lib/vendor",
    },
    { soname: "liblocal.so.1", path: "/usr/local/lib/liblocal.so.1" },
    {
      soname: "libshared.so.1",
      path: "/usr/lib/libshared.so.1",
      package: "libshared1",
      shlibs: "libshared1",
    },
  ],
);

/** Resolves objects against the small release. */
export function resolve(
  objects: ResolveInput["objects"],
  more: Partial<ResolveInput> = {},
): ResolvedDependencies {
  return resolveDependencies({
    objects,
    catalog,
    policy: { ignore: [], recommends: [] },
    target: bookworm,
    ...more,
  });
}

/** The relations alone; those of Recommends say so. */
export function relations(objects: ResolveInput["objects"], more: Partial<ResolveInput> = {}): string[] {
  return resolve(objects, more).relations.map(({ field, relation }) =>
    field === "Depends" ? relation : `${field}: ${relation}`,
  );
}

/** Facts of an object that needs versions of glibc. */
export const glibc = (...versions: string[]) => ({
  versionNeeds: [{ library: "libc.so.6", versions: versions.map((version) => `GLIBC_${version}`) }],
});
