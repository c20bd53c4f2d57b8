/**
 * The OpenAPI 3.1 document of the API, made from the table of routes.
 *
 * Its maker is loaded when the document is asked for: most servers never are, and it costs memory.
 */
import { problemSchema, routes } from "@/lib/protocol";
import { type AnyContract, API_BASE } from "./route";

const BYTES = { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } };

export async function createOpenApiDocument(version: string): Promise<object> {
  const { OpenAPIHono } = await import("@hono/zod-openapi");
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  const session = { type: "apiKey", in: "cookie", name: "webrunner-session" } as const;
  registry.registerComponent("securitySchemes", "session", session);
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
