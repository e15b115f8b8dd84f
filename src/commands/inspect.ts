import { resolve } from "node:path";
import { defineCommand } from "./types.ts";

/** `venvdeb inspect`: what is in a finished package, and why it depends on something. */
export const inspect = defineCommand({
  name: "inspect",
  summary: "Show what is in a package, and why it depends on something",
  operands: { name: "deb", describe: "Package file", count: "one" },
  options: {
    why: { type: "text", describe: "Explain the relations to one Debian package" },
    files: { type: "flag", describe: "List every file" },
    json: { type: "flag", describe: "Print it as JSON" },
  },
  examples: [
    { command: "inspect dist/hello-web_1.0.0-1_all.deb", says: "Control, relations, layers and sizes" },
    { command: "inspect forecast.deb --why libc6", says: "Which wheels and objects need it" },
  ],
  handler: async ({ options, operands, context }) => {
    const [{ readInspection }, { renderInspection, renderWhy }] = await Promise.all([
      import("./read-inspection.ts"),
      import("./render-inspection.ts"),
    ]);
    const { why, files, json } = options;
    const inspection = await readInspection(resolve(context.host.cwd, operands[0] ?? ""));
    if (why !== undefined) {
      const explained = renderWhy(inspection, why);
      context.write(json ? `${JSON.stringify(explained.relations, undefined, 2)}\n` : explained.text);
      return explained.relations.length > 0 ? 0 : 1;
    }
    if (json) context.write(`${JSON.stringify(inspection, undefined, 2)}\n`);
    else context.write(renderInspection(inspection, { files }));
    return 0;
  },
});
