import { z } from "zod";
import type { IdentityConfig } from "../types.ts";
import { checkedText, CONTROL, defined, PRINTABLE, text } from "../leaf.ts";
import { prefixProblem } from "../prefix.ts";
import { defineSection } from "../section.ts";
import { ARCHIVE_SECTIONS } from "./archive-sections.ts";

/** What the package is called and says of itself (Policy 5.6). */
export const identity = defineSection({
  shape: {
    name: text(
      /^[a-z0-9][a-z0-9+.-]+$/,
      "a Debian package name: at least two of a-z, 0-9, + - and ., the first a letter or digit",
    )
      .meta({
        description: "Name of the Debian package. Default: the project's name.",
        examples: ["hello-web"],
      })
      .exactOptional(),
    version: text(/^[vV]?\d[A-Za-z0-9.+~:!_-]*$/, 'a version such as "1.4.0"')
      .meta({
        description:
          "Takes the place of the project's version: PEP 440, or an upstream version as Debian writes it.",
        examples: ["1.4.0"],
      })
      .exactOptional(),
    revision: text(/^[A-Za-z0-9+.~]+$/, 'a Debian revision of letters, digits, + . ~, such as "1"')
      .meta({ description: "Debian revision: raise it to build the same version anew.", default: "1" })
      .exactOptional(),
    maintainer: text(
      new RegExp(`^[^${CONTROL}<>,]*[^${CONTROL}<>,\\s] <[^\\s<>@,]+@[^\\s<>@,]+>$`),
      '"Name <address@example.org>"',
    )
      .meta({
        description:
          "Who answers for the package. Default: the project's first maintainer or author with an address.",
        examples: ["Jane Doe <jane@example.org>"],
      })
      .exactOptional(),
    description: text(new RegExp(`^(?=[\\s\\S]*\\S)(?:${PRINTABLE}|[\\n\\t])*$`), "some text")
      .meta({
        description:
          "First line: what it is, in a phrase. Further lines: more about it. Default: the project's summary.",
        examples: ["web service that says hello"],
      })
      .exactOptional(),
    homepage: text(/^https?:\/\/[!-~]+$/, "an address that starts with https:// or http://")
      .meta({ description: "Default: the project's home page.", examples: ["https://hello.example.org/"] })
      .exactOptional(),
    section: z
      .enum(ARCHIVE_SECTIONS, {
        error: 'a section of Debian\'s archive, such as "misc", "net", "utils" or "web"',
      })
      .meta({ description: "Section of the archive (Policy 2.4).", default: "misc" })
      .exactOptional(),
    priority: z
      .enum(["required", "important", "standard", "optional"])
      .meta({ description: "Priority (Policy 2.5).", default: "optional" })
      .exactOptional(),
    architecture: z
      .enum(["auto", "all", "any"])
      .meta({
        description:
          'What the package says it runs on. "auto": "all" when nothing in it depends on the machine, else the target\'s.',
        default: "auto",
      })
      .exactOptional(),
    prefix: checkedText(prefixProblem)
      .meta({ description: "Folder of the environment. Default: /opt/<name>.", examples: ["/opt/hello-web"] })
      .exactOptional(),
  },
  normalize: (raw): IdentityConfig => {
    const { name, version, maintainer, description, homepage, prefix } = raw;
    return {
      ...defined({ name, version, maintainer, description, homepage, prefix }),
      revision: raw.revision ?? "1",
      section: raw.section ?? "misc",
      priority: raw.priority ?? "optional",
      architecture: raw.architecture ?? "auto",
    };
  },
});
