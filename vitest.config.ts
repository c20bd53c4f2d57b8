import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["tests/**/*.test.ts"],
    // The long tests are a stage of their own: npm run test:long.
    exclude: [
      "tests/bench/**",
      "node_modules/**",
      ...(process.env.WEBRUNNER_LONG === "on" ? [] : ["tests/long/**"]),
      // SlapOS's own zc.buildout is on no package index: who has it names it.
      ...(process.env.WEBRUNNER_SLAPOS_BUILDOUT === undefined ? ["tests/long/slapos-buildout.test.ts"] : []),
    ],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // What is polled for is there at once or never; a busy machine may take longer than the default second.
    expect: { poll: { timeout: 10_000 } },
  },
});
