"""The last results of a partition's promises, from the files that slapgrid leaves."""

import json
import os


def promise_results(partition):
    directory = os.path.join(partition, ".slapgrid", "promise", "result")
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    found = []
    for name in names:
        if not name.endswith(".status.json"):
            continue
        try:
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                status = json.load(file)
            result = status["result"]
            found.append({
                "name": status.get("title") or name.removesuffix(".status.json"),
                "state": "failed" if result.get("failed") else "ok",
                "message": result.get("message") or "",
                "checkedAt": (result.get("date") or "").replace("+0000", "+00:00") or None,
            })
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written, or of another version: the next look tells
    return found
