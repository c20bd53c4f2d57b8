"""`python -m webrunner_engine VERB --spec FILE.json`: see docs/engine.md."""

import sys

from webrunner_engine.command import main

sys.exit(main(sys.argv[1:]))
