"""The engine's own part: the layer that repairs released packages (webrunner_engine.layer) and the drivers of runs."""
