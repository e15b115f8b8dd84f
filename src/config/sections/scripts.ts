import { z } from "zod";
import { checkedText } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { ScriptConfig, ScriptsConfig } from "../types.ts";

const script = checkedText((value) => {
  if (value.trim() === "" || value.includes("\0")) return "a path in the project, or the text of a script";
  const outside = value.startsWith("/") || /(?:^|\/)\.\.(?:\/|$)/.test(value);
  return !isInline(value) && outside ? "a path inside the project" : undefined;
});

/** The user's own maintainer scripts. */
export const scripts = defineSection({
  shape: {
    scripts: z
      .strictObject({
        preinst: phase("Before the files are unpacked."),
        postinst: phase("After they are, at `configure`."),
        prerm: phase("Before they are removed."),
        postrm: phase("After they are removed, and at `purge`."),
        migrate: phase(
          "At `configure`, before services start, with the version that was configured before ($1, empty at the first installation) and the new one ($2). If it fails, so does the installation, and dpkg tries again.",
        ),
      })
      .meta({
        description:
          "Your own lines for the maintainer scripts, added to the generated ones: a path in the project, or the text itself.",
      })
      .exactOptional(),
  },
  normalize: (raw): ScriptsConfig => ({
    scripts: Object.fromEntries(
      Object.entries(raw.scripts ?? {}).map(([name, value]) => [name, normalizeScript(value)]),
    ),
  }),
});

function phase(description: string) {
  return script.meta({ description, examples: ["debian/extra.sh"] }).exactOptional();
}

function normalizeScript(value: string): ScriptConfig {
  return isInline(value) ? { kind: "inline", text: value } : { kind: "file", path: value };
}

/** A path has no blanks; a script hardly does without. */
function isInline(value: string): boolean {
  return /\s/.test(value.trim());
}
