import { describe, expect, it } from "vitest";
import { renderSystem } from "../../src/system/system.ts";
import { expectGolden } from "../helpers/golden.ts";
import { LIBRARIES, SYSTEM_PLANS } from "../helpers/system-plans.ts";

describe("renderSystem", () => {
  it.each(Object.entries(SYSTEM_PLANS))("makes the files of the package %s", (name, plan) => {
    const { entries, controlFiles, relations } = renderSystem(plan, { libraries: LIBRARIES });
    const files: Record<string, string> = { "relations.json": `${JSON.stringify(relations, null, 2)}\n` };
    for (const { name: file, content } of controlFiles) files[`DEBIAN/${file}`] = String(content);
    for (const entry of entries.filter(({ path }) => !path.endsWith(".py")))
      files[entry.kind === "directory" ? `${entry.path}/.directory` : entry.path] =
        entry.kind === "data" ? Buffer.from(entry.data).toString() : `${JSON.stringify(entry, null, 2)}\n`;
    expectGolden(`system/${name}`, files);
  });

  it("gives the same for the same plan, which it leaves as it was", () => {
    const plan = SYSTEM_PLANS["full"];
    if (plan === undefined) throw new Error("no such plan");
    const before = structuredClone(plan);
    const first = renderSystem(plan, { libraries: LIBRARIES });
    expect(renderSystem(plan, { libraries: LIBRARIES })).toEqual(first);
    expect(plan).toEqual(before);
  });
});
