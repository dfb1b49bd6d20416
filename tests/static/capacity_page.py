#!/usr/bin/env python3
"""The figures on docs/capacity.md, and the measured ones on docs/measured.md, are those that tests/bench/capacity.py prints; docs/capacity.md has no others.
capacity_page.py ROOT"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import capacity  # noqa: E402

bad, seen, figures = [], set(), capacity.figures_of()
for page in capacity.PAGES:
    text = (ROOT / page).read_text()
    for block in capacity.BLOCK.finditer(text):
        seen.add(block[2])
        if block[0] != capacity.page_with(block[0], figures):
            bad.append(f"{page}: {block[2]} is not what tests/bench/capacity.py prints; --pages puts it there anew")
bad += [f"no page has the table {name}" for name in capacity.BLOCKS if name not in seen]

prose = capacity.BLOCK.sub(lambda m: "\n" * m[0].count("\n"), (ROOT / "docs/capacity.md").read_text())
prose = re.sub(r"```.*?```", lambda m: "\n" * m[0].count("\n"), prose, flags=re.S)
for number, line in enumerate(prose.split("\n"), 1):
    if re.search(r"\d", re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)):
        bad.append(f"docs/capacity.md:{number}: a figure that no table of the program holds: {line.strip()[:80]}")
print("\n".join(bad) or f"{len(seen)} tables are those of tests/bench/capacity.py")
sys.exit(1 if bad else 0)
