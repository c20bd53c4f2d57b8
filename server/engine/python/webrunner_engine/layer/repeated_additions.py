"""Gap: over a diamond of extends, `+=` of one file is added once for each path that leads to the file.

zc.buildout as released repeats it (a patch of a component would be applied over a thousand times); SlapOS's buildout
accumulates without repeating. Here the same addition of the same file is made once since the option was last set.
"""


def repair(module):
    key_class = module.SectionKey
    add = key_class.addToValue

    def add_once(self, added, source):
        for item in reversed(self.history):
            # The first addition to an option that nobody has set yet is recorded as setting it.
            if item.source == source and item.value == added and item.operation in ("ADD", "SET"):
                return
            if item.operation != "ADD":
                break
        add(self, added, source)

    key_class.addToValue = add_once
