import { expect } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { tempFiles } from "./temp-files.ts";
import { thrown } from "./thrown.ts";

/** The lines of the mistakes, without the folder. */
export async function settingMistakes(
  toml: string,
  { file = "venvdeb.toml", target = "debian:bookworm" } = {},
) {
  const folder = await tempFiles({ [file]: toml });
  const error = await thrown(() => readConfig(folder, { target }));
  expect(error.code).toBe("CONFIG_INVALID");
  expect(error.exitCode).toBe(2);
  return error.message
    .replaceAll(`${folder}/`, "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}
