import { z } from "zod";

const MOST_MEGABYTES = 1_000_000;

function limit(most: number) {
  return z.int("a whole number").min(1, "1 or more").max(most, `at most ${most}`);
}

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
  })
  .meta({ description: "What each build may do and cost on the machine that builds." });
