import { z } from "zod";
import { settingsSchema } from "./schema.ts";

/** The JSON Schema (draft 7, which TOML editors know) of venvdeb.toml and of `[tool.venvdeb]`. */
export function renderJsonSchema(): JsonSchema {
  return z.toJSONSchema(settingsSchema, { target: "draft-7", io: "input" });
}

export type JsonSchema = z.core.JSONSchema.BaseSchema;
