"""The recipes of this repository, as the egg hello.recipe."""

from setuptools import setup

setup(
    name="hello.recipe",
    version="1.0",
    description="Recipes of the sample",
    packages=["slapos.recipe"],
    install_requires=["zc.buildout"],
    entry_points={
        "zc.buildout": [
            "greeting-card = slapos.recipe.greeting_card:Recipe",
            "stable-port = slapos.recipe.stable_port:Recipe",
        ]
    },
)
