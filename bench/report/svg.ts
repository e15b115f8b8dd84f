/** Small drawings for the tables: bars side by side, and lines on logarithmic axes. Text is the reader's own font. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Ours stand out. */
  readonly isOurs: boolean;
}

const OURS = "#2563eb";
const OTHERS = "#9ca3af";
const STYLE =
  "<style>text{font:12px system-ui,sans-serif;fill:#111827}.title{font-weight:600}.grid{stroke:#d1d5db}" +
  "@media(prefers-color-scheme:dark){text{fill:#f3f4f6}.grid{stroke:#4b5563}}</style>";

/** Horizontal bars from zero, the value behind each. */
export function renderBars(title: string, unit: string, bars: readonly Bar[]): string {
  const left = 20 + 7 * Math.max(...bars.map(({ label }) => label.length));
  const width = left + 420;
  const most = Math.max(...bars.map(({ value }) => value));
  const rows = bars.map(({ label, value, isOurs }, index) => {
    const top = 40 + index * 26;
    const length = most > 0 ? (value / most) * 320 : 0;
    return [
      text(left - 8, top + 14, label, "end"),
      `<rect x="${left}" y="${top}" width="${length.toFixed(1)}" height="18" fill="${isOurs ? OURS : OTHERS}"/>`,
      text(left + length + 6, top + 14, `${round(value)} ${unit}`),
    ].join("");
  });
  return svg(width, 50 + bars.length * 26, [text(10, 22, title, "start", "title"), ...rows]);
}

export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Lines on two logarithmic axes, with a dashed one of proportional growth from the first point. */
export function renderLines(title: string, xUnit: string, yUnit: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = logScale(
    points.map((point) => point.x),
    70,
    440,
  );
  const y = logScale(
    points.map((point) => point.y),
    290,
    50,
  );
  const grid = [
    ...x.ticks.map(
      (at) =>
        `<line class="grid" x1="${x.of(at)}" x2="${x.of(at)}" y1="50" y2="290"/>${text(x.of(at), 308, round(at), "middle")}`,
    ),
    ...y.ticks.map(
      (at) =>
        `<line class="grid" x1="70" x2="440" y1="${y.of(at)}" y2="${y.of(at)}"/>${text(64, y.of(at) + 4, round(at), "end")}`,
    ),
  ];
  const colors = [OURS, "#ea580c", "#16a34a", "#9333ea"];
  const drawn = lines.flatMap(({ label, points: own }, index) => {
    const color = colors[index % colors.length] ?? OURS;
    const path = own.map((point) => `${x.of(point.x)},${y.of(point.y)}`).join(" ");
    return [
      `<polyline fill="none" stroke="${color}" stroke-width="2" points="${path}"/>`,
      ...own.map((point) => `<circle cx="${x.of(point.x)}" cy="${y.of(point.y)}" r="3" fill="${color}"/>`),
      `<rect x="455" y="${52 + index * 20}" width="12" height="12" fill="${color}"/>`,
      text(472, 63 + index * 20, label),
    ];
  });
  const labels = [text(255, 328, xUnit, "middle"), text(10, 40, yUnit)];
  return svg(680, 340, [text(10, 22, title, "start", "title"), ...grid, ...drawn, ...labels]);
}

/** From the power of ten below the least to the one above the most. */
function logScale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.max(1e-3, Math.min(...values))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    of: (value: number) =>
      Math.round((from + ((Math.log10(Math.max(1e-3, value)) - low) / (high - low)) * (to - from)) * 10) / 10,
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  };
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function text(x: number, y: number, content: string, anchor = "start", name = ""): string {
  const kind = name === "" ? "" : ` class="${name}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${kind}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${STYLE}${parts.join("\n")}</svg>\n`;
}
