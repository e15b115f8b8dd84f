import type { ShlibdepsAnswer } from "../helpers/shlibdeps.ts";

/** What one wheel came to. */
export interface WheelRow {
  readonly name: string;
  readonly version: string;
  readonly objects: number;
  readonly ours: ShlibdepsAnswer;
  readonly theirs: ShlibdepsAnswer;
  /** Why the two differ; none when they agree. */
  readonly differences: readonly string[];
}

/** The page of the documentation. */
export function renderWheels(rows: readonly WheelRow[]): string {
  const same = rows.filter(
    ({ ours, theirs, differences }) => ours.kind === theirs.kind && differences.length === 0,
  );
  const table = rows.map(
    (row) =>
      `| ${row.name} | ${row.version} | ${row.objects} | ${render(row.ours)} | ${renderTheirs(row)} | ${row.differences.join("; ")} |`,
  );
  return `# Dependencies of popular wheels

What venvdeb makes of ${rows.length} wheels with compiled code for CPython 3.11 on Debian 12, beside the answer of
\`dpkg-shlibdeps\`, which was told every folder with a library in it (without that it fails on most of them).
Written by \`npm run test:real\`, which fails on a difference without a reason.

The two agree on ${same.length} of them. Everywhere else the one difference is libc6: venvdeb takes the highest
\`GLIBC_x.y\` that any object asks for (checked against \`readelf\`), dpkg-shlibdeps the highest version of any symbol
or library in glibc's symbols file. The latter is too high where an object still names libpthread.so.0 or libdl.so.2,
which became empty in glibc 2.34: such a package would not install on an older release where it runs.

| wheel | version | objects | venvdeb | dpkg-shlibdeps | why they differ |
| --- | --- | --: | --- | --- | --- |
${table.join("\n")}
`;
}

function render(answer: ShlibdepsAnswer): string {
  const text = answer.kind === "relations" ? answer.relations.join(", ") : answer.error;
  return text.replaceAll("|", "\\|");
}

function renderTheirs({ ours, theirs }: WheelRow): string {
  const [left, right] = [ours, theirs].map((answer) =>
    answer.kind === "relations" ? [...answer.relations].toSorted().join() : "",
  );
  // Which of several reasons it names first is up to Perl's hashes.
  if (theirs.kind === "refusal") return "none: it fails";
  return left === right ? "the same" : render(theirs);
}
