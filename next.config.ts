import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
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
