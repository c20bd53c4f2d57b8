"""Rendering a file of a node as a run would, without a run: see `preview.render`."""
