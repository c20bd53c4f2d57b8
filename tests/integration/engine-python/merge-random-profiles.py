"""merge-random-profiles.py DIRECTORY: merges generated trees of profiles, and prints what each comes to.

The trees are diamonds of extends with `=`, `+=`, `-=` and `<=` on few names, the same ones in every run.
"""

import json
import os
import random
import sys

import zc.buildout.buildout as buildout

TREES, FILES = 60, 7


def write_tree(directory, chance):
    os.makedirs(directory)
    for index in range(FILES):
        lines = ["[buildout]"]
        later = [other for other in range(index + 1, FILES) if chance.random() < 0.5]
        if later:
            lines.append("extends = " + " ".join("%d.cfg" % other for other in later))
        for section in "abc":
            if chance.random() < 0.7:
                lines.append("[%s]" % section)
                if chance.random() < 0.3:
                    lines.append("<= " + chance.choice("def"))
                names = [name for name in "xyz" if chance.random() < 0.7]
                for name in names:
                    operator = chance.choice(("=", "=", "+=", "-="))
                    lines.append("%s %s\n  %s" % (name, operator, "\n  ".join(chance.choices("123", k=chance.randint(1, 3)))))
        with open(os.path.join(directory, "%d.cfg" % index), "w") as file:
            file.write("\n".join(lines) + "\n")


chance = random.Random(20260101)
for tree in range(TREES):
    top = os.path.join(sys.argv[1], str(tree))
    write_tree(top, chance)
    result, _defaults = buildout._open(top, "0.cfg", [], {}, {}, set(), {})
    print(json.dumps(buildout._unannotate(result), sort_keys=True))
