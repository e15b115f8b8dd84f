import { Liquid } from "liquidjs";
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
  const loaded = new Map<string, Pieces>();
  const load = (name: string): Pieces => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const text = readTemplate(name, problem);
    liquid.parse(text);
    const pieces = cutPlaces(text, filters);
    loaded.set(name, pieces);
    return pieces;
  };
  return {
    problem,
    render(name, values) {
      try {
        return fillPlaces(load(name), values);
      } catch (error) {
        if (error instanceof VenvdebError) throw error;
        throw new Error(`The template ${name} does not render`, { cause: error });
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

/** A template, cut once: its text before each place, what goes there, and the text after the last. */
interface Pieces {
  readonly places: readonly {
    readonly before: string;
    readonly name: string;
    readonly quote: (value: unknown) => string;
  }[];
  readonly end: string;
}

/** A web page is made of hundreds of thousands of values: to walk through Liquid's tree for each takes too long. */
function cutPlaces(text: string, filters: TemplateFilters): Pieces {
  const places = [...text.matchAll(PLACE)];
  const ends = places.map((place) => place.index + place[0].length);
  return {
    places: places.map(({ index, groups }, at) => ({
      before: text.slice(ends[at - 1] ?? 0, index),
      name: groups?.["name"] ?? "",
      quote: filterNamed(groups?.["filter"] ?? "", filters),
    })),
    end: text.slice(ends.at(-1) ?? 0),
  };
}

const PLACE = /\{\{ (?<name>[a-z_]+) \| (?<filter>[a-z_]+) \}\}/g;

function filterNamed(name: string, filters: TemplateFilters): (value: unknown) => string {
  const filter = filters[name];
  if (filter === undefined) throw new Error(`there is no filter ${name}`);
  return filter;
}

function fillPlaces({ places, end }: Pieces, values: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const { before, name, quote } of places) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`there is no value ${name}`);
    text += before + quote(value);
  }
  return text + end;
}
