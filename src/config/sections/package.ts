import { z } from "zod";
import { defineSection } from "../section.ts";
import type { PackageConfig } from "../types.ts";

/** How the archive is made. */
export const packaging = defineSection({
  shape: {
    compression: z
      .enum(["xz", "zstd", "gzip", "none"])
      .meta({
        description: "Compression of the package. zstd is fast and needs dpkg of Debian 12 or Ubuntu 21.10.",
        default: "xz",
      })
      .exactOptional(),
  },
  normalize: (raw): PackageConfig => ({ compression: raw.compression ?? "xz" }),
});
