import { execFileSync } from "node:child_process";
import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { splitShellWords } from "../../src/config/shell-words.ts";

describe("a command line", () => {
  it.each([
    ["gunicorn app:app", ["gunicorn", "app:app"]],
    ["  a\tb\n c ", ["a", "b", "c"]],
    [`a 'b c' "d e"`, ["a", "b c", "d e"]],
    [`a''b"c"d`, ["abcd"]],
    [`a '' ""`, ["a", "", ""]],
    [String.raw`a\ b \"`, ["a b", '"']],
    [String.raw`"\$x \" \\ \n"`, [String.raw`$x " \ \n`]],
    ["'$HOME `id` | & ; < >'", ["$HOME `id` | & ; < >"]],
    ["app:create_app() --hosts=* ~ #x", ["app:create_app()", "--hosts=*", "~", "#x"]],
    ["é 'ü'", ["é", "ü"]],
  ])("%j becomes %j", (line, words) => {
    expect(splitShellWords(line)).toEqual({ words });
  });

  it.each([
    ["", "is empty"],
    [" \n", "is empty"],
    ["a 'b", "has an open single quote"],
    ['a "b', "has an open double quote"],
    ["a \\", "ends with a backslash"],
    ["a $HOME", "has an expansion that only a shell knows"],
    ['a "$HOME"', "has an expansion that only a shell knows"],
    ["a `id`", "has an expansion that only a shell knows"],
    ["a | b", "has the shell's operator |"],
    ["a&&b", "has the shell's operator &"],
    ["a; b", "has the shell's operator ;"],
    ["a <b", "has the shell's operator <"],
    ["a 2>b", "has the shell's operator >"],
  ])("%j is refused: %s", (line, problem) => {
    expect(splitShellWords(line)).toEqual({ problem });
  });

  it("has the words that sh gives it", () => {
    const line = array(constantFrom("a", "b", " ", "'", '"', "\\"), { maxLength: 12 }).map((parts) =>
      parts.join(""),
    );
    const agrees = property(line, (text) => {
      const result = splitShellWords(text);
      if (!("words" in result)) return;
      const shown = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${text}`], { encoding: "utf8" });
      expect(shown).toBe(result.words.map((word) => `${word}\n`).join(""));
    });
    assert(agrees, { numRuns: 150 });
  });
});
