import * as fc from "fast-check";

/** Versions of PEP 440 in its normal spelling, from few numbers so that near and equal ones are common. */
export function pep440Versions(): fc.Arbitrary<string> {
  const number = fc.constantFrom("0", "1", "2", "9", "10", "11", "20240131");
  const release = fc.array(fc.constantFrom("0", "0", "1", "2", "10"), { minLength: 1, maxLength: 5 });
  return fc
    .tuple(
      fc.constantFrom("", "", "", "1!", "2!"),
      release.map((numbers) => numbers.join(".")),
      maybe(fc.tuple(fc.constantFrom("a", "b", "rc"), number).map((parts) => parts.join(""))),
      maybe(number.map((value) => `.post${value}`)),
      maybe(number.map((value) => `.dev${value}`)),
      maybe(localVersion().map((value) => `+${value}`)),
    )
    .map((parts) => parts.join(""));
}

function maybe(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.option(part, { nil: "", freq: 1 });
}

function localVersion(): fc.Arbitrary<string> {
  const text = fc
    .array(fc.constantFrom("a", "b", "z", "0", "1", "2", "9"), { minLength: 1, maxLength: 4 })
    .map((characters) => characters.join(""));
  return fc.array(text, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("."));
}
