import type { NextConfig } from "next";

const config: NextConfig = {
  // Files, which the server hands out: no page is made when it is asked for.
  output: "export",
  reactStrictMode: true,
  devIndicators: false,
  // The first HTML is drawn without waiting for a second file.
  experimental: { inlineCss: true },
  // `npm test` checks all types once; the build of a fresh clone need not wait for it.
  turbopack: {
    resolveAlias: {
      // Monaco needs a browser; where the first HTML is made, nothing stands for it.
      "webrunner-monaco": { browser: "./lib/client/monaco/setup.ts", default: "./lib/client/monaco/setup-nowhere.ts" },
    },
  },
  typescript: { ignoreBuildErrors: true },
};

export default config;
