import { z } from "zod";
import { CONTROL, text } from "../../config/leaf.ts";

const MOST_MEGABYTES = 1_000_000;

function limit(most: number) {
  return z.int("a whole number").min(1, "1 or more").max(most, `at most ${most}`);
}

const sharedCache = text(
  new RegExp(
    `^(?:s3://[^${CONTROL} ?#@]+|https?://[^${CONTROL} /@]+(?:/[^${CONTROL} ?#]*)?|(?![a-zA-Z][a-zA-Z0-9+.-]*://)[^${CONTROL}]+)$`,
  ),
  "s3://BUCKET/PREFIX, https://HOST/PATH without a user or password (they are for .netrc), or a folder",
);

/** `[build]` of the fleet file: what each build may do and cost on the machine that builds. */
export const buildSchema = z
  .strictObject({
    sandbox: z
      .enum(["auto", "required", "off"])
      .meta({
        description:
          "Whether builds are kept from what they do not need (bubblewrap). `auto`: as far as the machine can, and it says what it cannot. `required`: else nothing is built.",
        default: "auto",
      })
      .exactOptional(),
    minutes: limit(10_000)
      .meta({ description: "After which a build is ended.", default: 120 })
      .exactOptional(),
    memory: limit(MOST_MEGABYTES)
      .meta({
        description:
          "Megabytes of memory: of a whole build where systemd runs, else of each of its processes.",
        default: 4096,
      })
      .exactOptional(),
    disk: limit(MOST_MEGABYTES)
      .meta({ description: "Megabytes that a build may write.", default: 20_480 })
      .exactOptional(),
    processes: limit(100_000)
      .meta({ description: "Processes and threads of a build.", default: 2048 })
      .exactOptional(),
    "shared-cache": sharedCache
      .meta({
        description:
          "Where builds share the layers of distributions: a bucket, a web server, or a folder, relative to the fleet file. `VENVDEB_SHARED_CACHE` goes before it, also when it is empty. Its key is in `VENVDEB_SHARED_CACHE_KEY` alone.",
        examples: ["s3://builds/layers"],
      })
      .exactOptional(),
  })
  .meta({ description: "What each build may do and cost on the machine that builds." });
