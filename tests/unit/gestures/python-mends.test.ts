/** What mends a complaint of pyflakes, and what is left to a person. */
import { expect, it } from "vitest";
import { applyTextEdits } from "@/lib/base/text-range";
import { findPythonMend } from "@/lib/gestures/python-mends";

function check(text: string, line: number, message: string, expected: string | undefined): void {
  const mend = findPythonMend(text, line, message);
  expect(mend && applyTextEdits(text, mend.edits)).toBe(expected);
}
const unused = (name: string): string => `'${name}' imported but unused`;

it("takes a whole import out", () => {
  check("import os\nimport sys\nsys.exit()\n", 1, unused("os"), "import sys\nsys.exit()\n");
  check("import os.path as p\r\nx = 1\r\n", 1, unused("os.path as p"), "x = 1\r\n");
  check(
    "def f():\n    from zc.buildout import UserError\n    return 1\n",
    2,
    unused("zc.buildout.UserError"),
    "def f():\n    return 1\n",
  );
});

it("takes one name out of several", () => {
  check("import os, sys, re\n", 1, unused("os"), "import sys, re\n");
  check("import os, sys, re\n", 1, unused("sys"), "import os, re\n");
  check("import os, sys as s\n", 1, unused("sys as s"), "import os\n");
  check("from . import a, b\n", 1, unused(".b"), "from . import a\n");
  check("from .x import (\n  a,\n  b as c,\n)\n", 1, unused(".x.a"), "from .x import (\n  b as c,\n)\n");
  check("from .x import (\n  a,\n  b as c,\n)\n", 1, unused(".x.b as c"), "from .x import (\n  a,\n)\n");
});

it("leaves an import alone that is written in a way of its own", () => {
  check("import os; x = 1\n", 1, unused("os"), undefined);
  check("from x import (  # both\n  a, b)\n", 1, unused("x.a"), undefined);
  check("import os\n", 1, unused("sys"), undefined);
});

it("imports a module of the standard library that is used as one", () => {
  const message = "undefined name 'os'";
  check("import sys\nos.remove('a')\n", 2, message, "import os\nimport sys\nos.remove('a')\n");
  check(
    '#!/usr/bin/python\n"""What\nimport does"""\nos.remove("a")\n',
    4,
    message,
    '#!/usr/bin/python\n"""What\nimport does"""\nimport os\n\nos.remove("a")\n',
  );
  check(
    "from __future__ import annotations\n\nos.remove('a')\n",
    3,
    message,
    "from __future__ import annotations\nimport os\n\n\nos.remove('a')\n",
  );
  check("os.remove('a')", 1, message, "import os\n\nos.remove('a')");
});

it("imports nothing for a name that may be something else", () => {
  check("print(os)\n", 1, "undefined name 'os'", undefined);
  check("datetime.now()\n", 1, "undefined name 'datetime'", undefined);
  check("option.x\n", 1, "undefined name 'option'", undefined);
});

it("takes the import out that is defined again", () => {
  check(
    "import os\nimport sys\nimport os\nos.x\n",
    3,
    "redefinition of unused 'os' from line 1",
    "import sys\nimport os\nos.x\n",
  );
  check("def f(): pass\ndef f(): pass\n", 2, "redefinition of unused 'f' from line 1", undefined);
});

it("leaves to a person what has no one answer", () => {
  check("def f():\n  x = 1\n", 2, "local variable 'x' is assigned to but never used", undefined);
  check("def f(\n", 1, "'(' was never closed", undefined);
});
