/**
 * Property tests try the same values in every run, so that a red run is about the change and not about luck.
 * `WEBRUNNER_SEED` tries others: the long tests do, and so may you; what they find becomes a test of its own.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.WEBRUNNER_SEED ?? 20_261_123) });
