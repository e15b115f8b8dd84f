/** The lines at the bottom of a terminal, one for each running step; everything else is printed above them. */
export interface StatusLines {
  begin(title: string): StatusLine;
  /** A lasting line. */
  print(line: string): void;
}

interface StatusLine {
  update(detail: string): void;
  end(): void;
}

/** Draws at most ten times a second, and stops when no step runs. The cursor stays visible, so nothing is to be undone after a signal. */
export function createStatusLines(stream: {
  readonly columns?: number;
  write(text: string): unknown;
}): StatusLines {
  const steps = new Set<RunningStep>();
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  function draw(above = ""): void {
    const lines = [...steps].map((step) => `${fit(describe(step), (stream.columns || 80) - 1)}\n`);
    const back = drawn === 0 ? "" : `\u001B[${drawn}A\r\u001B[J`;
    stream.write(`${back}${above}${lines.join("")}`);
    drawn = lines.length;
  }

  function tick(): void {
    timer ??= setInterval(() => draw(), 100).unref();
    if (steps.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    begin: (title) => {
      const step: RunningStep = { title, detail: "", started: performance.now() };
      steps.add(step);
      draw();
      tick();
      return {
        update: (detail) => {
          step.detail = detail;
        },
        end: () => {
          steps.delete(step);
          draw();
          tick();
        },
      };
    },
    print: (line) => draw(`${line}\n`),
  };
}

interface RunningStep {
  readonly title: string;
  detail: string;
  readonly started: number;
}

const FRAMES = ["-", "\\", "|", "/"];

function describe({ title, detail, started }: RunningStep): string {
  const elapsed = performance.now() - started;
  const frame = FRAMES[Math.floor(elapsed / 100) % FRAMES.length];
  return `${frame} ${title}  ${Math.floor(elapsed / 1000)} s${detail === "" ? "" : `  ${detail.replaceAll(/\s+/g, " ")}`}`;
}

/** A line that wraps could not be drawn over. East Asian letters take two columns. */
function fit(text: string, columns: number): string {
  let width = 0;
  let shown = "";
  for (const letter of text) {
    width += letter >= "\u1100" ? 2 : 1;
    if (width > columns) return `${shown.slice(0, -1)}…`;
    shown += letter;
  }
  return shown;
}
