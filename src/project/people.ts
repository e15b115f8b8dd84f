/** Someone that metadata names. */
export interface Person {
  readonly name?: string;
  readonly email?: string;
}

/** `Name <address>` of the first who has both, as Debian wants its maintainer (Policy 5.6.2). */
export function maintainerOf(people: readonly Person[]): string | undefined {
  for (const { name, email } of people) {
    const clean = name?.replaceAll(/\s+/g, " ").trim();
    if (clean && email && /^[^\s<>@,"]+@[^\s<>@,"]+$/.test(email)) return `${clean} <${email}>`;
  }
  return undefined;
}

/** Reads a list of addresses (RFC 5322): `Jane Doe <jane@example.org>, "Roe, R." <r@example.org>, plain@example.org`. */
export function parsePeople(text: string): readonly Person[] {
  return splitAtCommas(text).flatMap((part) => {
    const [, name = "", email = ""] = /^([^<]*)<([^<>]*)>$/.exec(part) ?? [];
    if (email !== "") return [{ ...named(unquote(name)), email: email.trim() }];
    if (part === "") return [];
    return [part.includes("@") ? { email: part } : named(unquote(part))];
  });
}

function named(name: string): Person {
  return name === "" ? {} : { name };
}

function splitAtCommas(text: string): readonly string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,])+/g) ?? []).map((part) => part.trim());
}

function unquote(text: string): string {
  const trimmed = text.trim();
  const [, inner] = /^"(.*)"$/s.exec(trimmed) ?? [];
  return inner === undefined ? trimmed : inner.replaceAll(/\\(.)/gs, "$1");
}
