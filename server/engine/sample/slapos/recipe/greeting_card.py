"""hello.recipe:greeting-card writes a greeting in a frame.

Options: greeting, name, and frame (one character, `#` when not given). Sets: output, the path of the card.
"""

import os


class Recipe:
    def __init__(self, buildout, name, options):
        self.text = "%s, %s" % (options["greeting"], options["name"])
        self.frame = options.get("frame", "#")
        self.directory = os.path.join(buildout["buildout"]["parts-directory"], name)
        options["output"] = self.output = os.path.join(self.directory, "card.txt")

    def install(self):
        os.makedirs(self.directory, exist_ok=True)
        edge = self.frame * (len(self.text) + 4)
        with open(self.output, "w", encoding="utf-8") as card:
            card.write("%s\n%s %s %s\n%s\n" % (edge, self.frame, self.text, self.frame, edge))
        return [self.directory]

    update = install
