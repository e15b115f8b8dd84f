import { expect, it } from "vitest";
import { renderTimings } from "../../src/commands/render-timings.ts";

it("is a table with a line a step, the rest and the whole", () => {
  const cost = { wallSeconds: 12.345, ownCpuSeconds: 0.5, programsCpuSeconds: 20 };
  const steps = [{ title: "Write the package", ...cost }];
  expect(renderTimings({ ...cost, steps, rest: { ...cost, programsCpuSeconds: 0 } })).toBe(
    `
step               wall s  own CPU s  programs' CPU s
Write the package   12.35       0.50            20.00
between the steps   12.35       0.50             0.00
the whole build     12.35       0.50            20.00
`.slice(1),
  );
});
