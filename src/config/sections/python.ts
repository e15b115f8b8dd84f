import { z } from "zod";
import { defined, list, PRINTABLE, text } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { PythonConfig } from "../types.ts";

/** The interpreter and what is installed for it. */
export const python = defineSection({
  shape: {
    environment: z
      .boolean()
      .meta({
        description:
          "false: no environment and no Python, only what the other settings name. For a package that brings a fragment of another's configuration, say.",
        default: true,
      })
      .exactOptional(),
    python: text(/^3\.\d{1,2}$/, 'a minor version in quotes, such as "3.11"')
      .meta({
        description: "Minor version of the target's Python. Default: the target's own.",
        examples: ["3.11"],
      })
      .exactOptional(),
    interpreter: z
      .enum(["system"], {
        error: '"system": the environment runs on the target\'s own Python; none can be bundled',
      })
      .meta({ description: "Which Python runs the environment.", default: "system" })
      .exactOptional(),
    installer: z
      .enum(["auto", "uv", "pip"])
      .meta({ description: 'Who installs the wheels. "auto": uv.', default: "auto" })
      .exactOptional(),
    requirements: list(text(new RegExp(`^(?!/)${PRINTABLE}+$`), "a path relative to the project"))
      .meta({
        description: "Requirements files, relative to the project, besides what its metadata requires.",
        examples: [["requirements.txt"]],
      })
      .exactOptional(),
    extras: list(text(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, "the name of an extra of the project"))
      .meta({ description: "Extras of the project to install.", default: [], examples: [["postgres"]] })
      .exactOptional(),
    groups: list(text(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, "the name of a dependency group"))
      .meta({
        description: "Dependency groups (PEP 735) to install.",
        default: [],
        examples: [["production"]],
      })
      .exactOptional(),
    locked: z
      .boolean()
      .meta({
        description:
          "true: fail without a lock file (uv.lock, pylock.toml). false: do not look at it. Default: use it where there is one.",
      })
      .exactOptional(),
  },
  normalize: (raw): PythonConfig => ({
    ...defined({ python: raw.python, requirements: raw.requirements, locked: raw.locked }),
    environment: raw.environment ?? true,
    interpreter: "system",
    installer: raw.installer ?? "auto",
    extras: raw.extras ?? [],
    groups: raw.groups ?? [],
  }),
});
