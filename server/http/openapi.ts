/** The OpenAPI 3.1 document of the API, made from the table of routes. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { problemSchema, routes } from "@/lib/protocol";
import { API_BASE } from "./api";
import type { AnyContract } from "./route";

const BYTES = { "application/octet-stream": { schema: z.any().openapi({ type: "string", format: "binary" }) } };

export function createOpenApiDocument(version: string): object {
  const app = createApp();
  const registry = app.openAPIRegistry;
  for (const [name, contract] of Object.entries(routes) as [string, AnyContract][]) {
    const status = contract.status ?? 200;
    registry.registerPath({
      method: contract.method.toLowerCase() as "get",
      path: contract.path,
      operationId: name,
      summary: contract.summary,
      security: contract.access === "public" ? [] : [{ token: [] }, { session: [] }],
      request: {
        params: contract.params,
        query: contract.query,
        body: contract.rawRequest
          ? { content: BYTES, required: true }
          : contract.body && { content: { "application/json": { schema: contract.body } }, required: true },
      },
      responses: {
        [status]: {
          description: "Done",
          ...(contract.rawResponse ? { content: BYTES } : {}),
          ...(contract.response ? { content: { "application/json": { schema: contract.response } } } : {}),
        },
        default: { description: "Refused", content: { "application/problem+json": { schema: problemSchema } } },
      },
    });
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "webrunner", version },
    servers: [{ url: API_BASE }],
  });
}

function createApp(): OpenAPIHono {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  const session = { type: "apiKey", in: "cookie", name: "webrunner-session" } as const;
  app.openAPIRegistry.registerComponent("securitySchemes", "session", session);
  return app;
}
