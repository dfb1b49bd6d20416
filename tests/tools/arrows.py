#!/usr/bin/env python3
"""Checks that #include lines keep to the arrows between the rooms. arrows.py ROOT"""
import pathlib
import re
import sys

MAY = {
    "schemas": set(), "engine": set(), "sqlite": {"engine"}, "postgres": {"engine"}, "service": set(), "markup": set(), "journal": set(), "loop": {"schemas"},
    "station": {"journal", "loop", "markup", "schemas", "service", "engine", "sqlite"}, "i_station": {"station", "loop", "journal", "service"},
    "m_station": {"station", "loop", "journal", "service"},
    "bridge": {"station", "loop", "journal"},
    "hub": {"loop", "journal", "markup", "schemas", "service", "engine", "sqlite", "postgres"},
}
# Inside a room: what each of these folders may know of the others; of those without a row here it is free.
INSIDE = {
    "loop/rows": set(), "loop/rules": set(),
    "loop/rules/inspection": {"loop/rules", "loop/suspects/observed"}, "loop/rules/repair": {"loop/rules", "loop/suspects/observed"},
    "loop/rules/vehicle": {"loop/rules", "loop/suspects/observed"}, "loop/rules/station": {"loop/rules", "loop/suspects/observed"},
    "loop/rules/county": {"loop/rules", "loop/rules/station", "loop/suspects/observed"},
    "loop/suspects/observed": {"loop/rules", "loop/rows"}, "loop/suspects/asking": {"loop/rules", "loop/suspects/observed", "loop/rows"},
    "station/intake/outcome": set(), "station/intake/formats": {"station/intake/outcome"},
    "station/intake/nha": {"station/intake/formats", "station/intake/outcome"},
    "station/intake/province": {"station/intake/formats", "station/intake/outcome"},
    "station/intake/shop": {"station/intake/formats", "station/intake/outcome"},
    "station/intake/profiles": {"station/intake/formats", "station/intake/outcome", "station/intake/shop"},
    "hub/store": {"hub/accounts"}, "hub/accounts": {"hub", "hub/store"}, "hub/loop": {"hub/store"}, "hub/watch": {"hub", "hub/store"}, "hub/report": set(), "hub/evidence": set(), "hub/draw": set(),
    "hub/sequencer": {"hub", "hub/store", "hub/watch"},
    "hub": {"hub/accounts", "hub/loop", "hub/report", "hub/sequencer", "hub/store", "hub/watch"}, "hub/api": {"hub", "hub/calls", "hub/console", "hub/sequencer"},
    "hub/console": {"hub", "hub/accounts", "hub/api", "hub/calls", "hub/report", "hub/watch"},
    "hub/calls": {"hub", "hub/accounts", "hub/api", "hub/draw", "hub/evidence", "hub/loop", "hub/report", "hub/store"}, "hub/admin": {"hub", "hub/api", "hub/draw", "hub/store"},
}
# What any may know, and what begins everything.
FREE = {"hub/limits.hpp", "hub/admin/commands.hpp", "loop/rows/key.hpp"}
# Headers a room must not know, wherever they come from.
NEVER = {"loop": r"boost/(?!math/)|sqlite3?\.h|openssl/", "journal": r"sqlite", "hub/api": r"store/|sqlite|postgres|engine/(?!errors)",
         "hub/calls": r"sqlite|postgres|engine/", "hub/report": r"store/|sqlite|postgres|engine/|boost/"}
SQL = re.compile(r'"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE) ')
SQL_AT = {"hub/accounts/statements.hpp", "hub/loop/view_statements.hpp", "hub/store/kept_statements.hpp", "hub/store/typed_statements.hpp", "hub/watch/view_statements.hpp", "hub/store/statements.hpp", "hub/sequencer/statements.hpp", "postgres/opening.cpp", "postgres/postgres.cpp", "sqlite/sqlite.cpp", "station/statements.hpp"}
# Who may say how far a reader sees (hub/scope.hpp).
SCOPES = {"of_source": r"hub/api/", "operator_": r"hub/api/", "of_officer": r"hub/accounts/", "internal": r"hub/(console/console\.|watch/|sequencer/|opening\.|own_journal\.|peers_of_day\.|stick\.)"}
# Where what comes from outside is read: JSON only within limits (loop/json.hpp, journal/json.hpp).
DOORS = re.compile(r"(bridge|journal|station/(archive|intake))/|hub/(hub|api/calling|calls/(certificates|clearances|enrolments))\.cpp"
                   r"|station/(doctor|enrolment|http_\w+|record_text|uploader)\.cpp")
UNBOUNDED = re.compile(r"(?:[jJ]son::parse|\bparsed(?:_or_discarded)?)\((?!.*schemas::)")

root, bad = pathlib.Path(sys.argv[1]), []
for room, allowed in MAY.items():
    for file in sorted((root / room).rglob("*.[ch]pp")):
        name, text = file.relative_to(root).as_posix(), file.read_text()
        folder = file.parent.relative_to(root).as_posix()
        for quoted in re.findall(r'#include "([^"]+)"', text):
            other = quoted.split("/")[0]
            if other != room and other not in allowed:
                bad.append(f"{name} includes {quoted}")
            near = quoted.rpartition("/")[0]
            if folder in INSIDE and other == room and near in INSIDE and near not in INSIDE[folder] | {folder} and quoted not in FREE:
                bad.append(f"{name} includes {quoted}")
        for where, pattern in NEVER.items():
            if name.startswith(where + "/"):
                bad += [f"{name} includes {i}" for i in re.findall(r'#include [<"]([^>"]+)[>"]', text) if re.search(pattern, i)]
        if DOORS.match(name) and name.rpartition(".")[0] != "journal/json" and UNBOUNDED.search(text):
            bad.append(f"{name} parses JSON without limits")
        for made, where in SCOPES.items():
            if f"Scope::{made}(" in text and not re.match(where, name):
                bad.append(f"{name} makes Scope::{made}")
        if SQL.search(text) and name not in SQL_AT:
            bad.append(f"{name} holds SQL")
print("\n".join(bad) or "all includes keep to the arrows")
sys.exit(1 if bad else 0)
