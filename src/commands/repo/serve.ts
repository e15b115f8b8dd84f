import { defineCommand } from "../types.ts";
import { URL_OPERAND } from "./shared.ts";

/** `venvdeb repo serve`: a repository over HTTP, for trying things. */
export const repoServe = defineCommand({
  name: "repo serve",
  summary: "Serve a repository over HTTP, for trying things",
  operands: [URL_OPERAND],
  options: {
    port: { type: "count", minimum: 0, describe: "Port to listen at", fallback: "one that is free" },
    host: { type: "text", describe: "Address to listen at", fallback: "127.0.0.1, this machine alone" },
  },
  examples: [{ command: "repo serve ./apt --port 8080", says: "Then: deb http://127.0.0.1:8080 …" }],
  handler: async ({ options, operands, context }) => {
    const [{ openRepository }, { serveRepository }] = await Promise.all([
      import("../../repository/open.ts"),
      import("../../repository/serve.ts"),
    ]);
    const { storage } = await openRepository(operands[0] ?? "", context.host);
    const { host, port } = options;
    const server = await serveRepository(storage, {
      ...(port === undefined ? {} : { port }),
      ...(host === undefined ? {} : { host }),
      onRequest: ({ method, url, status }) => context.reporter.info(`${status} ${method} ${url}`),
    });
    if (server.warning !== undefined) context.reporter.warning(server.warning);
    context.write(`${server.url}\n`);
    await server.ended;
    return 0;
  },
});
