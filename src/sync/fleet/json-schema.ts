import { z } from "zod";
import type { JsonSchema } from "../../config/json-schema.ts";
import { fleetSchema } from "./schema.ts";

/** The JSON Schema (draft 7, which TOML editors know) of a fleet file. */
export function renderFleetSchema(): JsonSchema {
  return z.toJSONSchema(fleetSchema, { target: "draft-7", io: "input" });
}
