/** A user and the password, as a web server asks for them. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a netrc file (netrc(5), as curl and pip read it) has for a host; its `default` where it names no other. */
export function findLogin(netrc: string, host: string): Login | undefined {
  const words = netrc.replaceAll(/^\s*#.*$/gm, "").match(/\S+/g) ?? [];
  const entries: { machine?: string; login?: string; password?: string }[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const entry = entries.at(-1);
    if (word === "machine") entries.push({ machine: words[++at] ?? "" });
    else if (word === "default") entries.push({});
    else if (entry && word === "login") entry.login = words[++at] ?? "";
    else if (entry && word === "password") entry.password = words[++at] ?? "";
  }
  const found = entries.find(({ machine }) => machine === host) ?? entries.find((one) => !("machine" in one));
  return found && { user: found.login ?? "", password: found.password ?? "" };
}
