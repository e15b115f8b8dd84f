import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { parseStanzas } from "../../../src/deb/stanza.ts";
import { admitPackages } from "../../../src/repository/admission/admit.ts";
import { toIndexedPackage } from "../../../src/repository/admission/index-stanza.ts";
import type { AdmittedPackage } from "../../../src/repository/admission/types.ts";
import { indexFields } from "../../helpers/index-fields.ts";
import { rawDeb } from "../../helpers/raw-deb.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { controlText, makeVariedDeb } from "../../helpers/varied-debs.ts";

const BARE = { jobs: 2, contents: false };

/** Fields that a package may have, as packagers write them. */
const VARIED: readonly (readonly [name: string, more: string, version?: string, architecture?: string])[] = [
  ["plain", ""],
  ["source", "Source: other (2:1.0-3)\n", "1.0+b1", "amd64"],
  [
    "relations",
    "Pre-Depends: dpkg (>= 1.15)\nDepends: libc6 (>= 2.3), a | b:any (<< 3~), python3\nRecommends: x\nSuggests: y\nEnhances: z\n",
  ],
  ["folded", "Depends: libc6 (>= 2.3),\n  a | b,\n\tc (= 1)\nConflicts: old,\n older\n"],
  ["conflicts", "Breaks: a (<< 2)\nConflicts: b\nReplaces: a (<< 2)\nProvides: c, d (= 1)\n"],
  [
    "flags",
    "Essential: no\nMulti-Arch: foreign\nSection: python\nPriority: optional\nInstalled-Size: 123\nHomepage: https://example.org/?a=b&c=d\n",
  ],
  [
    "unusual",
    "X-Custom: value: with colon\nTag: role::program,\n use::testing\nBuilt-Using: gcc-12 (= 12.2.0-14)\nOrigin: Example\nBugs: mailto:x@example.org\nLicense: MIT\nVendor: none\n",
  ],
  ["unicode", "X-Name: Žluťoučký 🐎 ﷽\n"],
  ["epoch", "", "3:1.0~rc1+git20260101.abcdef-0.1"],
  ["colons", "Package-Type: deb\nModaliases: x(pci:v*sv*, usb:v1)\n", "1:2-3"],
  ["speaks-for-us", "Filename: ../../etc/passwd\nSize: 1\nMD5sum: 0\nSHA256: 00\n"],
];

describe("toIndexedPackage", () => {
  test("agrees with apt-ftparchive and dpkg-scanpackages in every field", async () => {
    const folder = await tempFiles();
    const paths = VARIED.map(([name, more, version, architecture], index) =>
      makeVariedDeb(folder, name, {
        control: controlText(name, more, version, architecture),
        compression: (["xz", "gzip", "zstd", "none"] as const)[index % 4] ?? "xz",
      }),
    );
    const admitted = await admitPackages(paths, BARE);
    const ours = admitted
      .map((one) => toIndexedPackage(one, { filename: `./${basename(one.file)}` }).stanza)
      .join("\n");
    const options: ExecFileSyncOptions = {
      cwd: folder,
      stdio: "pipe",
      env: { PATH: process.env["PATH"] },
    };
    const scanned = execFileSync("dpkg-scanpackages", ["-m", "."], options).toString();
    const archived = execFileSync("apt-ftparchive", ["packages", "."], options).toString();
    expect(indexFields(ours)).toEqual(indexFields(scanned));
    expect(indexFields(ours)).toEqual(indexFields(archived));
    expect(parseStanzas(ours)).toHaveLength(VARIED.length);
  });

  test("fields have one order, whatever the package's is, and each is there once", async () => {
    const one = await admit(
      "Description: d\n long\nX-B: 2\nX-A: 1\nsize: 9\nDEPENDS: a\nversion: 1\nSection: net\nArchitecture: all\nsource: src\nphased-update-percentage: 0\npackage: hello\n",
    );
    expect(toIndexedPackage(one, { filename: "pool/x.deb" }).stanza).toBe(
      `Package: hello\nSource: src\nVersion: 1\nArchitecture: all\nDepends: a\nSection: net\nDescription: d\n long\nX-B: 2\nX-A: 1\nFilename: pool/x.deb\nSize: ${one.size}\nSHA256: ${one.sha256}\n`,
    );
  });

  test("a carriage return before a newline goes, empty fields too, and paragraphs stay", async () => {
    const one = await admit(
      "Package: hello\r\nVersion: 1\nArchitecture: all\nX-Empty:\nDescription: d\r\n first\n .\n   verbatim\n\tsecond\n",
    );
    const { stanza } = toIndexedPackage(one, { filename: "x" });
    expect(stanza).toContain("Description: d\n first\n .\n   verbatim\n second\n");
    expect(stanza).not.toMatch(/X-Empty|\r/);
  });

  test("a phased update has its percentage", async () => {
    const one = await admit("Package: hello\nVersion: 1\nArchitecture: all\nDescription: d\n");
    const phased = (phasedPercentage: number): string =>
      toIndexedPackage(one, { filename: "x", phasedPercentage }).stanza;
    expect(phased(0)).toContain("\nPhased-Update-Percentage: 0\n");
    expect(phased(100)).toContain("\nPhased-Update-Percentage: 100\n");
    for (const bad of [-1, 101, 1.5, Number.NaN])
      expect((await thrown(() => phased(bad))).code).toBe("REPO_BAD_PERCENTAGE");
  });
});

async function admit(control: string): Promise<AdmittedPackage> {
  const folder = await tempFiles({ "x.deb": rawDeb([{ name: "./control", data: control }]) });
  const [one] = await admitPackages([`${folder}/x.deb`], BARE);
  if (one === undefined) throw new Error("nothing was admitted");
  return one;
}
