import { VenvdebError } from "../../errors.ts";

/** An element of what `svn --xml` writes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Of the element itself. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads the XML of svn: elements, attributes and text, the five entities and character references. There are no
 * declarations in it, so what would be one is refused.
 * @throws VenvdebError VCS_FAILED
 */
export function parseXml(text: string): XmlElement {
  const root: OpenElement = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  let position = 0;
  for (const match of text.matchAll(TAG)) {
    const [tag = "", close, name = "", attributes = "", isEmpty] = match;
    const top = stack.at(-1) ?? root;
    top.text += decode(text.slice(position, match.index));
    position = match.index + tag.length;
    if (name === "") continue;
    if (close === undefined) {
      const element = { name, attributes: parseAttributes(attributes), children: [], text: "" };
      top.children.push(element);
      if (isEmpty === undefined) stack.push(element);
    } else if (stack.pop()?.name !== name) throw damaged();
    if (stack.length > 16) throw damaged();
  }
  const [first] = root.children;
  if (first === undefined || stack.length !== 1 || /[<>]/.test(text.slice(position))) throw damaged();
  return first;
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return (element?.children ?? []).filter((child) => child.name === name);
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

const TAG = /<\?[^>]*\?>|<(\/)?([A-Za-z][\w-]*)((?:\s+[\w:-]+\s*=\s*"[^"<]*")*)\s*(\/)?>/g;

function parseAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)\s*=\s*"([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      decode(value),
    ]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decode(text: string): string {
  if (/[<]/.test(text)) throw damaged();
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (typeof name === "string") return ENTITIES[name] ?? whole;
    const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
  });
}

function damaged(): VenvdebError {
  return new VenvdebError("VCS_FAILED", "Cannot read the answer of svn: it is no XML of the known form");
}
