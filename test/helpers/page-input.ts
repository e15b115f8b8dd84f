import { createHash } from "node:crypto";
import type { PageInput, PackageNotes, PageSuite } from "../../src/repository/page/types.ts";
import type { IndexedPackage, RepositorySettings, Suite } from "../../src/repository/types.ts";

export const FINGERPRINT = "4B2C91D07A5EF38812C6D94077E1A0B35F6C2D18";

interface PackageFacts {
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly description?: string;
  readonly size?: number;
  /** Further lines of its stanza, each with its newline. */
  readonly fields?: string;
}

/** A package as an index lists it. */
export function indexedPackage({
  name,
  version = "1.0-1",
  architecture = "amd64",
  description = `about ${name}`,
  size = 1_234_567,
  fields = "",
}: PackageFacts): IndexedPackage {
  const sha256 = createHash("sha256").update([name, version, architecture].join("\0")).digest("hex");
  const filename = `pool/main/${name.slice(0, 1)}/${name}/${name}_${version}_${architecture}.deb`
    .replaceAll("+", "_p")
    .replaceAll("~", "_t");
  const head = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: Example Team <team@example.com>\n`;
  const tail = `Filename: ${filename}\nSize: ${size}\nSHA256: ${sha256}\nDescription: ${description}\n`;
  return { name, version, architecture, filename, size, sha256, stanza: head + fields + tail };
}

export function pageSettings(suites: readonly Suite[], label = "Example"): RepositorySettings {
  return {
    format: 1,
    origin: "Example Ltd",
    label,
    description:
      "Packages of the Example team: web services with their Python environments, ready to install.",
    publicUrl: "https://apt.example.com",
    layout: "pool",
    suites,
    compressions: ["gz", "xz"],
    contents: false,
    retention: { graceHours: 48, releases: 3 },
    keys: [{ fingerprint: FINGERPRINT, status: "signing", certificate: "" }],
    severalPublishers: true,
  };
}

export function pageSuite(name: string): Suite {
  return { name, codename: name, components: ["main"], architectures: ["amd64", "arm64"] };
}

/** A site of these packages in each suite. */
export function pageInput(suites: Readonly<Record<string, readonly IndexedPackage[]>>): PageInput {
  const list: readonly PageSuite[] = Object.entries(suites).map(([name, packages]) => ({
    suite: pageSuite(name),
    date: new Date("2026-11-23T11:00:00Z"),
    packages,
  }));
  return {
    settings: pageSettings(list.map(({ suite }) => suite)),
    suites: list,
    guides: list.map(({ suite }) => guideOf(suite.name)),
    added: new Map(
      list.flatMap(({ packages }) =>
        packages.map(
          ({ sha256 }, index) => [sha256, new Date(Date.UTC(2026, 10, 1 + (index % 22)))] as const,
        ),
      ),
    ),
  };
}

function guideOf(suite: string): PageInput["guides"][number] {
  const file = "/etc/apt/sources.list.d/example.sources";
  return {
    suite,
    steps: [
      {
        title: "Debian 12 and Ubuntu 22.04, or later",
        note: "Fetches the key, then says where the packages are.",
        commands: `sudo curl -fsSLo /etc/apt/keyrings/example.asc https://apt.example.com/example-archive-keyring.asc\nsudo tee ${file} <<'END'\nTypes: deb\nURIs: https://apt.example.com\nSuites: ${suite}\nComponents: main\nSigned-By: /etc/apt/keyrings/example.asc\nEND\nsudo apt update`,
        folded: false,
      },
      {
        title: "Older apt: Debian 11, Ubuntu 20.04",
        commands: `echo 'deb [signed-by=/etc/apt/keyrings/example.asc] https://apt.example.com ${suite} main' | sudo tee /etc/apt/sources.list.d/example.list\nsudo apt update`,
        folded: true,
      },
      {
        title: "A repository that asks for a password",
        note: "Only root may read the file.",
        commands: "machine apt.example.com login USER password PASSWORD",
        folded: true,
      },
    ],
  };
}

const LONG = `order management on the web
 Takes orders from the shop, keeps them in a database and hands them on to the
 warehouse. It brings its own Python environment in /opt.
 .
 It serves:
  - the counter
  - the warehouse`;

/** A small site as a team has it. */
export function teamInput(): PageInput & { readonly notes: ReadonlyMap<string, PackageNotes> } {
  const relations =
    "Depends: libc6 (>= 2.36), libpq5, python3 (>= 3.11), example-common (= 2.4.0-1)\nRecommends: postgresql\nHomepage: https://example.com/orders\nSection: python\n";
  const orders = (version: string, architecture: string): IndexedPackage =>
    indexedPackage({
      name: "example-orders",
      version,
      architecture,
      description: LONG,
      size: 24_310_555,
      fields: relations,
    });
  const others = [
    ["example-common", "files that all Example packages share", "all", 18_220],
    ["example-archive-keyring", "key of the Example package repository", "all", 9140],
    ["example-forecast", "weekly demand forecast, run at night", "amd64", 271_400_000],
    ["example-invoices", "invoices as PDF, sent by mail", "amd64", 33_004_211],
    ["libexample-c++-dev", "headers for programs in C++", "amd64", 512_000],
    ["python3-example-client", "client library of the Example services for Python programs", "all", 88_123],
  ] as const;
  const rest = others.map(([name, description, architecture, size]) =>
    indexedPackage({ name, version: "2.4.0-1", description, architecture, size }),
  );
  const stable = [
    ...rest,
    ...["2.3.0-1", "2.4.0-1", "2.4.1-1"].flatMap((v) => [orders(v, "amd64"), orders(v, "arm64")]),
  ];
  const testing = [...rest, orders("2.5.0~rc1-1", "amd64")];
  const changelog = `example-orders (2.5.0~rc1-1) testing; urgency=medium\n\n  * Orders can be split over several warehouses.\n  * The counter remembers its last customer.\n\n -- Example Team <team@example.com>  Mon, 23 Nov 2026 10:00:00 +0000`;
  const notes = new Map(
    [...stable, ...testing].map(({ sha256 }) => [
      sha256,
      { changelog, sbom: `sbom/${sha256.slice(0, 12)}.cdx.json` },
    ]),
  );
  return { ...pageInput({ stable, testing }), notes };
}

/** A site with very many packages. */
export function largeInput(count: number): PageInput {
  const kinds = ["python3-", "lib", "example-", "", "golang-"];
  const packages = Array.from({ length: count }, (_, index) =>
    indexedPackage({
      name: `${kinds[index % kinds.length]}${WORDS[(index * 7) % WORDS.length]}-${WORDS[(index * 13) % WORDS.length]}${index}`,
      version: `${index % 9}.${index % 31}-1`,
      size: 1000 + index * 977,
      description: `a package that does ${WORDS[index % WORDS.length]} for ${WORDS[(index * 3) % WORDS.length]}`,
    }),
  );
  return pageInput({ stable: packages });
}

const WORDS =
  "amber basket cedar delta ember fern garnet harbor indigo juniper kestrel lantern maple nettle orchid".split(
    " ",
  );
