import { Liquid, type Template } from "liquidjs";
import { assetPath } from "./effects/assets.ts";
import { readFileSync } from "./effects/fs.ts";
import { VenvdebError } from "./errors.ts";

/** Renders templates of one family of languages. */
interface TemplateEngine {
  /** Renders `templates/<name>`. */
  readonly render: (name: string, values: Readonly<Record<string, unknown>>) => string;
  /** What is wrong with a template's text, if anything: our own mistake, found by the tests and again at run time. */
  readonly problem: (text: string) => string | undefined;
}

/**
 * An engine for templates that have places for values only, `{{ value | filter }}`, and each one names the language
 * that it is quoted for; choosing and joining is the caller's. A VenvdebError of a filter is passed on.
 */
export function createTemplateEngine(filters: TemplateFilters): TemplateEngine {
  const liquid = new Liquid({ strictVariables: true, strictFilters: true, ownPropertyOnly: true });
  for (const [name, filter] of Object.entries(filters)) liquid.registerFilter(name, filter);
  const place = new RegExp(String.raw`\{\{ [a-z_]+ \| (?:${Object.keys(filters).join("|")}) \}\}`, "g");
  const problem = (text: string): string | undefined => problemOf(text.replaceAll(place, ""));
  const loaded = new Map<string, Template[]>();
  const load = (name: string): Template[] => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const template = liquid.parse(readTemplate(name, problem));
    loaded.set(name, template);
    return template;
  };
  return {
    problem,
    render(name, values) {
      try {
        return String(liquid.renderSync(load(name), values));
      } catch (error) {
        throw causeOf(error) ?? new Error(`The template ${name} does not render`, { cause: error });
      }
    },
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- each filter takes what its language is made of
type TemplateFilters = Readonly<Record<string, (value: any) => string>>;

function problemOf(rest: string): string | undefined {
  return /\{\{|\{%|%\}|#[A-Z_]+#/.exec(rest) === null
    ? undefined
    : "it has a tag, a token of another form, or a place without a quoting filter";
}

function readTemplate(name: string, problemIn: (text: string) => string | undefined): string {
  const text = readFileSync(assetPath(`templates/${name}`), "utf8");
  const problem = problemIn(text);
  if (problem !== undefined) throw new Error(`The template ${name} is wrong: ${problem}`);
  return text;
}

function causeOf(error: unknown): VenvdebError | undefined {
  const original = error instanceof Error && "originalError" in error ? error.originalError : error;
  return original instanceof VenvdebError ? original : undefined;
}
