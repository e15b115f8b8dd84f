import { z } from "zod";
import { absolutePath } from "../leaf.ts";
import { defineSection } from "../section.ts";
import type { RenamesConfig } from "../types.ts";

/** Configuration files that have moved since an older version. */
export const renames = defineSection({
  shape: {
    renames: z
      .record(absolutePath(), absolutePath())
      .meta({
        description:
          "Configuration files that have moved: the path in older versions to the path now. An administrator's edits move along.",
        examples: [{ "/etc/hello.conf": "/etc/hello/hello.conf" }],
      })
      .exactOptional(),
  },
  normalize: (raw): RenamesConfig => ({ renames: raw.renames ?? {} }),
});
