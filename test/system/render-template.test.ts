import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assetPath } from "../../src/effects/assets.ts";
import { renderTemplate, templateProblem } from "../../src/system/render-template.ts";
import { thrown } from "../helpers/thrown.ts";

const templates = readdirSync(assetPath("templates"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(assetPath("templates/").length))
  // Pages are of other languages: test/repository/page/markup.test.ts.
  .filter((name) => !/^(?:page|queue)\//.test(name));

describe("the templates", () => {
  it("are there", () => {
    expect(templates.length).toBeGreaterThan(15);
  });

  it.each(templates)("%s quotes every value and has no logic", (name) => {
    expect(templateProblem(readFileSync(assetPath(`templates/${name}`), "utf8"))).toBeUndefined();
  });

  it.each([
    "{{ a }}",
    "{{ a | upcase }}",
    "{{ a | sh | raw }}",
    "{% if a %}x{% endif %}",
    "{{a|sh}}",
    "#TOKEN#",
  ])("may not hold %s", (text) => {
    expect(templateProblem(text)).toContain("a place without a quoting filter");
  });

  it.each(["${#A} ${B%/*} ${A:+${B}}", "{{ a | sh }}-{{ b_c | systemd_exec }}"])("may hold %s", (text) => {
    expect(templateProblem(text)).toBeUndefined();
  });
});

describe("renderTemplate", () => {
  it("fails on a value that is not given", () => {
    expect(() => renderTemplate("maintainer-scripts/own-script.sh.liquid", {})).toThrow(/does not render/);
  });

  it("passes on what the language cannot hold", async () => {
    const values = { units: ["a"], warning: "nul \0" };
    const error = await thrown(() =>
      renderTemplate("maintainer-scripts/service-stop.prerm.sh.liquid", values),
    );
    expect(error.code).toBe("SYSTEM_BAD_VALUE");
  });
});
