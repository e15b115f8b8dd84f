import { z } from "zod";
import type { Key } from "./problem.ts";

/** The names that a schema knows at a place of the settings; none where the user makes up the names. */
export function knownKeys(settings: z.ZodType, path: readonly Key[]): readonly string[] {
  const schema = path.reduce<unknown>((at, key) => inside(at, key), settings);
  return objectsOf(schema).flatMap((object) => Object.keys(object.shape));
}

function inside(schema: unknown, key: Key): unknown {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodRecord) return plain.valueType;
  if (plain instanceof z.ZodArray) return plain.element;
  return objectsOf(plain)
    .filter(({ shape }) => Object.hasOwn(shape, key))
    .map(({ shape }): unknown => shape[key])[0];
}

function objectsOf(schema: unknown): readonly z.ZodObject[] {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodUnion) return plain.options.flatMap(objectsOf);
  return plain instanceof z.ZodObject ? [plain] : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional
    ? unwrap(schema.unwrap())
    : schema;
}
