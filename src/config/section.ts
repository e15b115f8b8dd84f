import type { z } from "zod";

/**
 * One group of settings that belong together: adding one is a file in `sections/`, its line in schema.ts and its
 * part of `Config`. Every key is optional and carries a description, which the JSON Schema and the page of settings show.
 */
export interface Section<Shape extends z.ZodRawShape, Result> {
  /** The keys below `[tool.venvdeb]`. */
  readonly shape: Shape;
  /** Other forms of keys below `[tool.venvdeb.target.<name>]`, where a table may be given in part. */
  readonly overrides?: z.ZodRawShape;
  /** Fills in the defaults. What it gets is valid. */
  readonly normalize: (raw: z.output<z.ZodObject<Shape, z.core.$strict>>) => Result;
}

/** Keeps the types of a section's keys. */
export function defineSection<const Shape extends z.ZodRawShape, Result>(
  section: Section<Shape, Result>,
): Section<Shape, Result> {
  return section;
}
