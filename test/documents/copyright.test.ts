import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseStanzas } from "../../src/deb/stanza.ts";
import { renderCopyright, type LicensedDistribution } from "../../src/documents/copyright.ts";
import { distribution } from "../helpers/distributions.ts";
import { helloPlan } from "../helpers/system-plans.ts";

const PACKAGES = "opt/hello/lib/python3.11/site-packages";
const plan = helloPlan();

describe("renderCopyright", () => {
  it("begins with the format and the project, which has every file that no other paragraph has", () => {
    const own = distribution("hello", {
      origin: "project",
      metadata: { license: "MIT", author: "Jane Doe" },
    });
    const [header, first, ...others] = stanzas([own]);
    expect(header?.get("Format")).toBe("https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/");
    expect(header?.get("Upstream-Name")).toBe("hello");
    expect(first?.get("Files")).toBe("*");
    expect(first?.get("License")).toBe("MIT\nNo text of the licence is shipped.");
    expect(first?.get("Copyright")).toBe("Jane Doe (author; no notice)");
    expect(others).toEqual([]);
  });

  it("speaks for a project that is no distribution by its licence file, else by its maintainer", () => {
    const text = "MIT License\n\nCopyright (c) 2025 Shop Team\n\nPermission is granted.\n";
    const [stated, unstated] = [[{ path: "LICENSE", text }], []].map((texts) =>
      parseStanzas(renderCopyright(plan, [], texts))[1]?.get("Copyright"),
    );
    expect(stated).toBe("2025 Shop Team");
    expect(unstated).toMatch(/^[^<>]+ \(maintainer; no notice\)$/);
  });

  it("gives each distribution its files, its claims and the text of its licence", () => {
    const text =
      "MIT License\n\nCopyright (c) 2010-2024, A. Author\nCopyright 2020 B\n\nPermission is granted.\n";
    const paragraph = stanzas([
      {
        ...distribution("numpy", { metadata: { license: "BSD-3-Clause", homepage: "https://numpy.org" } }),
        licenseTexts: [{ path: "/x", text }],
      },
    ])[2];
    expect(paragraph?.get("Files")).toBe(`${PACKAGES}/numpy/*\n${PACKAGES}/numpy-1.0.dist-info/*`);
    expect(paragraph?.get("Copyright")).toBe("2010-2024, A. Author\n2020 B");
    expect(paragraph?.get("License")?.split("\n").slice(0, 2)).toEqual(["BSD-3-Clause", "MIT License"]);
    expect(paragraph?.get("Comment")).toBe("numpy 1.0, as published: https://numpy.org");
  });

  it("divides folders that several distributions use", () => {
    const [, , cloud, auth] = stanzas([
      distribution("cloud", { files: googleFiles("cloud") }),
      distribution("auth", {
        files: [...googleFiles("auth"), "lib/python3.11/site-packages/google/a b*.py"],
      }),
    ]);
    expect(cloud?.get("Files")).toBe(`${PACKAGES}/google/cloud/*\nopt/hello/bin/cloud`);
    expect(auth?.get("Files")).toBe(
      `${PACKAGES}/google/auth/*\nopt/hello/bin/auth\n${String.raw`${PACKAGES}/google/a?b\*.py`}`,
    );
  });

  it.each([
    [undefined, "unknown", "No licence is stated and no text is shipped."],
    ["UNKNOWN", "unknown", "No licence is stated and no text is shipped."],
    ["Apache-2.0", "Apache-2.0", "The text is in /usr/share/common-licenses/Apache-2.0."],
    ["MIT OR Apache-2.0", "MIT or Apache-2.0", "No text of the licence is shipped."],
    [
      "GPL-2.0-only WITH Classpath-exception-2.0",
      "GPL-2.0-only with Classpath-exception-2.0 exception",
      "No text of the licence is shipped.",
    ],
    ["LGPL with exceptions", "LGPL-with-exceptions", "Stated as: LGPL with exceptions"],
    ["Copyright all mine\nFiles: *\nLicense: no", "Copyright-all-mine", "Stated as: Copyright all mine"],
  ])("says of the licence %j what is known: %s", (license, name, words) => {
    const metadata = license === undefined ? {} : { license };
    const lines = stanzas([distribution("a", { metadata })])[2]
      ?.get("License")
      ?.split("\n");
    expect(lines?.slice(0, 2)).toEqual([name, words]);
  });

  it("points to the licences that every machine has instead of repeating them", () => {
    for (const name of ["Apache-2.0", "GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "MPL-2.0", "GFDL-1.3"]) {
      const text = readFileSync(`/usr/share/common-licenses/${name}`, "utf8");
      const licenseTexts = [{ path: "/opt/hello/LICENSE", text: `My words.\n\n${text}` }];
      const license = stanzas([{ ...distribution("a"), licenseTexts }])[2]?.get("License");
      expect(license, name).toContain(`/usr/share/common-licenses/${name}`);
      expect(license, name).toContain("The text is in /opt/hello/LICENSE.");
      expect(license?.length, name).toBeLessThan(300);
    }
  });

  it("keeps what a hostile wheel says in its field", () => {
    const text = "Copyright (c) 2020 X\n\nFiles: *\nLicense: none\r\rA: b\u0000\u001b[1m\n.\n";
    const stanza = {
      ...distribution("a", {
        metadata: { author: "A\nFiles: *", homepage: "x\n\ny", license: "MIT\n\nFiles: *" },
      }),
      licenseTexts: [{ path: "/x", text }],
    };
    const parsed = stanzas([stanza]);
    expect(parsed).toHaveLength(3);
    expect([...(parsed[2]?.keys() ?? [])]).toEqual(["Files", "Copyright", "License", "Comment"]);
  });
});

function stanzas(distributions: readonly LicensedDistribution[]): Map<string, string>[] {
  return parseStanzas(renderCopyright(plan, distributions));
}

/** A part of a folder that no distribution has to itself. */
function googleFiles(name: string): string[] {
  return [`lib/python3.11/site-packages/google/${name}/a.py`, `bin/${name}`];
}
