import { z } from "zod";
import { defineSection } from "../section.ts";
import type { OperatorCommandConfig } from "../types.ts";

/** The command for whoever runs the machine. */
export const operatorCommand = defineSection({
  shape: {
    "operator-command": z
      .boolean()
      .meta({
        description:
          "Ship /usr/bin/<name>-ctl: status, logs, shell, run, check and config, for whoever runs the machine.",
        default: true,
      })
      .exactOptional(),
  },
  normalize: (raw): OperatorCommandConfig => ({ operatorCommand: raw["operator-command"] ?? true }),
});
