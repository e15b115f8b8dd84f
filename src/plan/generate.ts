import type { Config, GenerateConfig } from "../config/types.ts";
import { VenvdebError } from "../errors.ts";
import type { GeneratedFilePlan } from "./system-types.ts";

/**
 * The files to make on the machine, with their templates' texts by id.
 * @throws VenvdebError PLAN_GENERATE_CLASH when two things claim one path or one question
 */
export function assembleGenerated(
  config: Config,
  name: string,
  templates: Readonly<Record<string, string>>,
): GeneratedFilePlan[] {
  const generated = Object.entries(config.generates).map(([id, generate]) =>
    assembleFile(id, generate, { name, template: templates[id] ?? "" }),
  );
  refuseClashes(config, generated);
  return generated;
}

function assembleFile(
  id: string,
  { output, from, defaults, questions, reload, mode, owner }: GenerateConfig,
  { name, template }: { readonly name: string; readonly template: string },
): GeneratedFilePlan {
  return {
    id,
    output,
    template,
    from,
    defaults,
    questions: Object.entries(questions).map(([key, question]) =>
      Object.assign({ key, name: questionName(name, key) }, question),
    ),
    ...(reload === undefined ? {} : { reload }),
    mode,
    owner,
  };
}

/** debconf's names are the package's, a slash, and plain words (debconf-devel(7)). */
function questionName(name: string, key: string): string {
  return `${name}/${key.toLowerCase().replaceAll("_", "-")}`;
}

function refuseClashes(config: Config, generated: readonly GeneratedFilePlan[]): void {
  const shipped = [...Object.keys(config.files), ...Object.keys(config.links)];
  for (const [index, { id, output, from, questions, defaults }] of generated.entries()) {
    const before = generated.slice(0, index);
    const other = before.find((one) => one.output === output);
    if (other !== undefined) throw clash(id, `"${output}" is the output of generate.${other.id} too`);
    const owner = shipped.find((path) => output === path || output.startsWith(`${path}/`));
    if (owner !== undefined)
      throw clash(id, `files or links ship "${owner}" too, and a generated file is no conffile`);
    const folder = from.find((path) => output.startsWith(`${path}/`));
    if (folder !== undefined) throw clash(id, `"${output}" is in its own folder of fragments`);
    const set = before.find((one) =>
      Object.entries(one.defaults).some(([key, text]) => (defaults[key] ?? text) !== text),
    );
    if (set !== undefined) throw clash(id, `it sets a default to another value than generate.${set.id} does`);
    const asked = new Set(before.flatMap((one) => one.questions.map((question) => question.name)));
    for (const { key, name } of questions) {
      if (asked.has(name)) throw clash(id, `the question ${name} is asked twice`);
      if (generated.some((one) => Object.hasOwn(one.defaults, key)))
        throw clash(id, `${key} has a default and a question`);
      asked.add(name);
    }
  }
}

function clash(id: string, problem: string): VenvdebError {
  return new VenvdebError("PLAN_GENERATE_CLASH", `Cannot plan the generated file "${id}": ${problem}`, {
    hint: `correct [tool.venvdeb.generate.${id}]; a key is asked or set once, and known to every template`,
    exitCode: 2,
  });
}
