"""check-page.py URL: a promise; ends with 0 when the page answers with a text, else says why not."""

import sys
import urllib.error
import urllib.request

url = sys.argv[1]
try:
    with urllib.request.urlopen(url, timeout=5) as answer:
        text = answer.read().decode().strip()
except (OSError, urllib.error.URLError) as error:
    sys.exit("%s does not answer: %s" % (url, error))
if not text:
    sys.exit("%s answers with nothing" % url)
print("%s answers: %s" % (url, text))
