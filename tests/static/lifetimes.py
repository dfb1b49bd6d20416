#!/usr/bin/env python3
"""Loops over a part of what a call gave by value: it is gone before the loop begins. lifetimes.py ROOT"""
import pathlib
import re
import sys

BY_VALUE = r"(?:read|parsed|parsed_or_discarded|json_of|ask|admin)"
LOOP = re.compile(rf"for \([^;]*?:\s*[^;]*\b{BY_VALUE}\([^;]*\)\.(?:at|front|back)\([^;{{]*\)(?:\.items\(\))?\)")

root, bad = pathlib.Path(sys.argv[1]), []
for room in ("bridge", "engine", "hub", "i_station", "journal", "loop", "m_station", "postgres", "service", "sqlite", "station", "tests"):
    for file in sorted((root / room).rglob("*.[ch]pp")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if LOOP.search(line):
                bad.append(f"{file.relative_to(root)}:{number} loops over a part of a temporary: {line.strip()}")
print("\n".join(bad) or "no loop runs over a part of a temporary")
sys.exit(1 if bad else 0)
