#!/usr/bin/env python3
"""An independent oracle of identity, episodes and measures: plain Python, written from the words of docs/identity.md
and docs/episodes.md.

  oracle.py export/ --from 2025-01-01 --to 2025-12-31 --as-of 2025-12-31 [--view registered]
  oracle.py --vectors schemas/vectors

Reads what `hub export` wrote: accepted lines of all journals. Prints the county rows as `hub report counties --json` has
them. Officers' `join` and `part` are not followed here.
"""
import argparse
import collections
import datetime
import json
import math
import pathlib
import re
import sys
import unicodedata

EIGHT = datetime.timezone(datetime.timedelta(hours=8))
OUTCOMES = ["closed_repaired", "closed_unrepaired", "passed_elsewhere", "in_time", "non_return_not_repaired",
            "non_return_not_retested", "waived", "scrapped", "transferred_out"]
CLOSED = set(OUTCOMES[:3])


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def day(at):
    return at.astimezone(EIGHT).date()


def normal(text):
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").upper() if unicodedata.category(c)[0] in "LN")


PLACEHOLDERS = json.loads((pathlib.Path(__file__).parents[2] / "schemas/tables/placeholders.json").read_text())["rows"]


def normal_vin(text):
    """The VIN that counts: empty where it stands for none."""
    vin = re.sub("[^A-Z0-9]", "", normal(text)).translate(str.maketrans("IOQ", "100"))
    return "" if len(set(vin)) < 4 or vin in PLACEHOLDERS["vin"] else vin


def normal_plate(text):
    """The plate that counts, as it is compared."""
    plate = normal(text)
    stands_for_none = plate in PLACEHOLDERS["plate"] or len(set(plate)) < 2 or not set(plate) & set("0123456789")
    return "" if stands_for_none else plate[:2] + plate[2:].translate(str.maketrans("IO", "10"))


def proven(vin):
    if len(vin) != 17:
        return False
    value = {c: i for i, c in enumerate("0123456789")} | dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9]))
    if any(c not in value for c in vin):
        return False
    rest = sum(value[c] * w for c, w in zip(vin, [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])) % 11
    return vin[8] == ("X" if rest == 10 else str(rest))


def slip(a, b):
    if len(a) > len(b):
        a, b = b, a
    if len(a) == len(b):
        at = [i for i in range(len(a)) if a[i] != b[i]]
        return len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]])
    return len(a) + 1 == len(b) and any(b[:i] + b[i + 1:] == a for i in range(len(b)))


class Record:
    def __init__(self, r):
        self.r, self.id, self.station = r, r["record_id"], r["station_id"]
        self.at = moment(r["occurred_at"])
        self.day_only = r.get("time_precision") == "day"
        v = r.get("vehicle") or {}
        self.vin, self.plate, self.kind = normal_vin(v.get("vin")), normal_plate(v.get("plate")), v.get("plate_kind", "")
        self.engine, self.registered = normal(v.get("engine_no")), v.get("registered_county", "")
        self.what = r["schema"].split("/")[1]
        self.new_plate = normal_plate(r.get("new_plate")) if r.get("event") == "replated" else ""
        # What a day-only record covers.
        self.begins = self.at
        self.ends = self.at + datetime.timedelta(days=1, milliseconds=-1) if self.day_only else self.at


def kinds_agree(a, b):
    return not a or not b or a == b


class Union:
    def __init__(self):
        self.up = {}

    def root(self, x):
        self.up.setdefault(x, x)
        while self.up[x] != x:
            self.up[x] = x = self.up[self.up[x]]
        return x

    def join(self, a, b):
        self.up[self.root(a)] = self.root(b)


def identify(records):
    """Lists of records, one a vehicle, and the ids on the review list."""
    node_of, nodes, by_plate, bare = {}, collections.defaultdict(list), collections.defaultdict(set), collections.defaultdict(list)
    groups, review = collections.defaultdict(list), set()
    for r in records:
        if r.vin:
            key = r.vin if len(r.vin) == 17 else r.vin + "|" + (r.plate or r.id)
            node_of[r.id] = key
            nodes[key].append(r)
            for plate in filter(None, (r.plate, r.new_plate)):
                by_plate[plate].add(key)
        elif r.plate:
            bare[r.plate].append(r)
        else:
            groups[("alone", r.id)].append(r)
            review.add(r.id)
    union, vin = Union(), lambda key: key.split("|")[0]
    joined, apart = set(), collections.defaultdict(set)

    def borne(key, plate):
        return {r.kind for r in nodes[key] if plate in (r.plate, r.new_plate)}

    for key in nodes:
        union.root(key)
    for plate, keys in by_plate.items():
        keys = sorted(keys)
        for i, a in enumerate(keys):
            for b in keys[i + 1:]:
                if vin(a) == vin(b) or not slip(vin(a), vin(b)) or (proven(vin(a)) and proven(vin(b))):
                    continue
                if any(kinds_agree(x, y) for x in borne(a, plate) for y in borne(b, plate)):
                    union.join(a, b)
                    joined.add(frozenset((a, b)))
    # docs/identity.md, row 4: no plate anywhere, one slip from exactly one known VIN, the engine number agrees.
    for key, own in nodes.items():
        if any(r.plate for r in own):
            continue
        engines = {r.engine for r in own} - {""}
        if not engines:
            continue
        near = [k for k in nodes if k != key and slip(vin(k), vin(key))]
        if len({vin(k) for k in near}) == 1 and not (proven(vin(near[0])) and proven(vin(key))) and \
                engines & {r.engine for r in nodes[near[0]]}:
            union.join(key, near[0])
            joined.add(frozenset((key, near[0])))
    for key, own in nodes.items():
        groups[("vin", union.root(key))] += own
    for plate, own in bare.items():
        bearers = [r for key in by_plate[plate] for r in nodes[key] if plate in (r.plate, r.new_plate)]
        kinds = {r.kind for r in bearers + own} - {""}
        placed = {}
        for x in own:
            if not x.kind and len(kinds) > 1:
                placed[x.id] = None
                continue
            mine = [r for r in bearers if kinds_agree(r.kind, x.kind)]
            if not mine:
                placed[x.id] = ("plate", plate, x.kind or (min(kinds) if kinds else ""))
                continue
            before = [r for r in mine if r.begins <= x.ends]
            after = [r for r in mine if r.ends >= x.begins]
            group = lambda r: ("vin", union.root(node_of[r.id]))
            both = {group(r) for r in before} & {group(r) for r in after}
            last = {group(r) for r in before if r.begins == max(b.begins for b in before)}
            first = {group(r) for r in after if r.ends == min(a.ends for a in after)}
            if len(both) == 1:
                placed[x.id] = both.pop()
            elif both or len(last) > 1 or len(first) > 1 or (last and first and last != first):
                placed[x.id] = None
            else:
                placed[x.id] = next(iter(last or first))
        for x in own:
            number = x.r.get("fail_report_no")
            if number:
                named = {("vin", union.root(node_of[r.id])) for r in bearers if r.plate == plate and kinds_agree(r.kind, x.kind) and number in (r.r.get("report_no"), r.r.get("acceptance_no"))}
                named |= {placed[r.id] or ("alone", r.id) for r in own if kinds_agree(r.kind, x.kind) and number in (r.r.get("report_no"), r.r.get("acceptance_no"))}
                if len(named) == 1:
                    placed[x.id] = named.pop()
        for x in own:
            where = placed[x.id]
            if where is None:
                where = ("alone", x.id)
                review.add(x.id)
            groups[where].append(x)
    return list(groups.values()), review


def would_stand_with(ghost, records, groups):
    """The index of today's group in which the words of a voided record would be placed; None: in none."""
    v = dict(ghost.r["vehicle"])
    x = Record({"schema": "imloop/penalty/1", "record_id": "~", "station_id": "", "occurred_at": ghost.r["occurred_at"], "vehicle": v})
    with_x, review = identify(records + [x])
    others = next([r for r in g if r.id != "~"] for g in with_x if any(r.id == "~" for r in g))
    # On the review list for its VIN: one slip from what stands apart (docs/identity.md, row 7).
    apart = [r for g in with_x if all(r.id != "~" for r in g) for r in g if x.vin and r.vin and slip(x.vin, r.vin)]
    mine = [r for r in others if r.vin == x.vin] + [x]
    for r in apart:
        shares = any(p and p in (r.plate, r.new_plate) and kinds_agree(m.kind, o.kind) for m in mine for p in (m.plate, m.new_plate) for o in records if o.vin == r.vin and p in (o.plate, o.new_plate))
        if not proven(x.vin) or shares:
            return None
    if not others or "~" in review:
        return None
    first = min(others, key=lambda r: (r.at, r.id))
    return next(i for i, g in enumerate(groups) if any(r.id == first.id for r in g))


class Register:
    def __init__(self, registrations):
        self.of = collections.defaultdict(list)
        for r in registrations:
            self.of[r["registered_station_id"]].append((r["valid_from"], moment(r["occurred_at"]), r["record_id"], r))
        for own in self.of.values():
            own.sort(key=lambda x: x[:3])

    def at(self, station, when):
        own = self.of.get(station)
        if not own:
            return {"kind": "", "county": "", "filed": False}
        valid = [x for x in own if x[0] <= day(when).isoformat()]
        r = (valid or own[:1])[-1][3]
        return {"kind": r["kind"], "county": r["county"], "filed": bool(valid) and r["status"] == "filed"}


def formal(r):
    return r.what == "inspection" and r.r["reason"] in ("periodic", "initial", "retest") and r.r["verdict"] in ("pass", "fail")


def failing(r):
    return r.what == "inspection" and r.r["verdict"] == "fail" and r.r["reason"] != "comparison"


class Policy:
    """What the hub's lines say on a day. `unwritten` holds where there are none."""
    MEMBERS = ("repair_days", "retest_days", "repair_rate_target", "city", "counties")

    def __init__(self, lines, unwritten):
        written = lambda r: (moment(r["occurred_at"]), r["record_id"])
        first = min(lines, key=written, default=None)
        kept = [r for r in lines if r is first or r["valid_from"] >= day(moment(r["occurred_at"])).isoformat()]
        self.lines = sorted(kept, key=lambda r: (r["valid_from"], *written(r)))
        self.unwritten = unwritten
        self.counties, self.city = self.said(self.lines).get("counties", {}), self.said(self.lines).get("city")

    def said(self, lines):
        if not self.lines:
            return self.unwritten
        words = {}
        for r in lines:
            for name in self.MEMBERS:
                if name not in r:
                    continue
                if isinstance(r[name], dict):
                    words[name] = {k: v for k, v in {**words.get(name, {}), **r[name]}.items() if v is not None}
                elif r[name] is None:
                    words.pop(name, None)
                else:
                    words[name] = r[name]
        return words

    def value(self, name, on, county):
        words = self.said([r for r in self.lines if r["valid_from"] <= on.isoformat()])
        own = words.get("counties", {})
        return own[county][name] if isinstance(own, dict) and name in own.get(county, {}) else words[name]


def walk(records, waivers, register, policy, as_of):
    """Episodes of one vehicle as of a day."""
    all_seen = [r for r in records if day(r.at) <= as_of]
    seen = [r for r in all_seen if r.what in ("inspection", "repair", "vehicle_event")]
    order = {"repair": 0, "inspection": 1}
    # Places: (moment, right after which failure). Day-only repairs take theirs in their day.
    place = {r.id: (r.at, 0) for r in seen}
    for r in seen:
        if r.day_only and r.what == "vehicle_event":
            place[r.id] = (r.ends, 0)
    fails = sorted((r for r in seen if failing(r)), key=lambda r: (r.at, r.id))

    def named_failure(r):
        number = r.r.get("fail_report_no")
        found = [f for f in fails if number and number in (f.r.get("report_no"), f.r.get("acceptance_no"))]
        if not found:
            return None
        before = [f for f in found if (day(f.at) <= day(r.at) if r.day_only else f.at <= r.at)]
        return before[-1] if before else found[0]

    def failed_at_start_of(d):
        """Whether an episode was open when the day began."""
        is_open = False
        for e in sorted((x for x in seen if x.what != "repair" and day(place[x.id][0]) < d), key=lambda x: (place[x.id], order.get(x.what, 2), x.id)):
            if failing(e):
                is_open = True
            elif (formal(e) and e.r["verdict"] == "pass") or (e.what == "vehicle_event" and e.r["event"] in ("scrapped", "transferred_out")):
                is_open = False
        return is_open

    for r in seen:
        if r.what != "repair" or not r.day_only:
            continue
        f = named_failure(r)
        todays = [x for x in fails if day(x.at) == day(r.at)]
        if f is not None and day(f.at) == day(r.at):
            place[r.id] = (f.at, 1)
        elif failed_at_start_of(day(r.at)) or not todays:
            place[r.id] = (r.begins, 0)
        else:
            place[r.id] = (todays[-1].at, 1)
    episodes, current = [], None
    repairs = [r for r in seen if r.what == "repair"]
    for r in sorted(seen, key=lambda x: (place[x.id], order.get(x.what, 2), x.id)):
        if failing(r):
            if current is None:
                current = {"failures": [], "tests": [], "end": None, "outcome": None, "first": r}
                episodes.append(current)
            elif formal(r) and place[r.id] > current["begin"]:
                current["tests"].append(r)
            current["failures"].append(r)
            current.setdefault("begin", place[r.id])
        elif current is not None and formal(r):
            current["tests"].append(r)
            current.update(end=place[r.id], outcome="pass", closer=r)
            current = None
        elif current is not None and r.what == "vehicle_event" and r.r["event"] in ("scrapped", "transferred_out"):
            current.update(end=place[r.id], outcome=r.r["event"], closer=r)
            current = None
    counting = collections.defaultdict(list)
    for r in repairs:
        f = named_failure(r)
        if f is not None:
            e = next(e for e in episodes if f in e["failures"])
        else:
            # Of what stands at one place a repair is walked before the tests.
            e = next((e for e in episodes if e["begin"] < place[r.id] and (e["end"] is None or place[r.id] <= e["end"])), None)
        if e is None:
            continue
        station = register.at(r.station, moment(r.r["settled_at"]))
        if r.r["outcome"] == "repaired" and station["kind"] == "M" and station["filed"] and place[r.id] > e["begin"] and (e["end"] is None or place[r.id] <= e["end"]):
            counting[id(e)].append(r)
    out = []
    for e in episodes:
        own = counting[id(e)]
        latest = max(place[f.id] for f in e["failures"])
        after = [r for r in own if place[r.id] > latest]
        first = e["first"]
        days = lambda name: datetime.timedelta(days=policy.value(name, day(first.at), register.at(first.station, first.at)["county"]))
        due = None
        if e["outcome"] == "pass":
            outside = register.at(e["closer"].station, first.at)["county"] not in policy.counties
            outcome = "closed_repaired" if after else "passed_elsewhere" if outside else "closed_unrepaired"
        elif e["outcome"]:
            outcome = e["outcome"]
        elif any(w["at"] <= as_of and (w["until"] is None or as_of <= w["until"]) and w["about"] in {f.id for f in e["failures"]} for w in waivers):
            outcome = "waived"
        elif after:
            due = max(day(r.at) for r in after) + days("retest_days")
            outcome = "non_return_not_retested" if as_of > due else "in_time"
        else:
            due = day(max(f.at for f in e["failures"])) + days("repair_days")
            outcome = "non_return_not_repaired" if as_of > due else "in_time"
        in_walk = lambda r: (place.get(r.id, (r.at, 0)), order.get(r.what, 2), r.id)
        say = sorted((r for r in all_seen if r.registered), key=in_walk)
        earlier, later = [r for r in say if in_walk(r) <= in_walk(first)], [r for r in say if in_walk(r) > in_walk(first)]
        registered = earlier[-1].registered if earlier else later[0].registered if later else ""
        out.append({"episode_id": first.id, "registered": registered, "county": register.at(first.station, first.at)["county"], "first": day(first.at), "outcome": outcome,
                    "repaired": bool(own), "retested": bool(e["tests"]), "first_retest_passed": bool(e["tests"]) and e["tests"][0].r["verdict"] == "pass",
                    "to_repair": (min(day(r.at) for r in own) - day(first.at)).days if own else None,
                    "to_close": (day(e["closer"].at) - day(first.at)).days if outcome in CLOSED else None})
    return out


def wilson(hits, of):
    z = 1.959963984540054
    p = hits / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z * z / of)), min(1.0, (middle + half) / (1 + z * z / of))


def median(days):
    days = sorted(days)
    middle = len(days) // 2
    return None if not days else float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2


def measures(episodes, target):
    failed = len(episodes)
    count = lambda test: sum(1 for e in episodes if test(e))
    repaired, retested = count(lambda e: e["repaired"]), count(lambda e: e["retested"])
    row = {o: count(lambda e, o=o: e["outcome"] == o) for o in OUTCOMES}
    assert sum(row.values()) == failed
    low, high = wilson(repaired, failed) if failed else (None, None)
    row.update(failed=failed, repaired=repaired, retested=retested, closed=count(lambda e: e["outcome"] in CLOSED),
               repair_rate=repaired / failed if failed else None, repair_rate_low=low, repair_rate_high=high,
               loop_rate=row["closed_repaired"] / failed if failed else None,
               first_retest_pass_rate=count(lambda e: e["first_retest_passed"]) / retested if retested else None,
               median_days_to_repair=median([e["to_repair"] for e in episodes if e["to_repair"] is not None]),
               median_days_to_close=median([e["to_close"] for e in episodes if e["to_close"] is not None]),
               low=high is not None and high < target, zero=repaired == 0 and failed > 0 and (1 - target) ** failed < 0.05)
    return row


class Loop:
    def __init__(self, accepted, known, unwritten, as_of):
        """`accepted`: records in force by id; `known`: ids any line holds."""
        corrections = collections.defaultdict(list)
        for r in accepted.values():
            if r["schema"] == "imloop/correction/1" and r["corrects"] in known:
                corrections[r["corrects"]].append(r)
        latest = {k: max(v, key=lambda c: (moment(c["occurred_at"]), c["record_id"])) for k, v in corrections.items()}

        def form(rid, until):
            own = [c for c in corrections.get(rid, []) if until is None or day(moment(c["occurred_at"])) <= until]
            if not own:
                return accepted.get(rid)
            c = max(own, key=lambda c: (moment(c["occurred_at"]), c["record_id"]))
            return None if c["action"] == "void" else c["replacement"]

        now, then = {}, {}
        for rid in set(accepted) | set(latest):
            for into, until in ((now, None), (then, as_of)):
                r = form(rid, until)
                if r is not None:
                    into[rid] = r
        self.register = Register([r for r in now.values() if r["schema"] == "imloop/registration/1"])
        self.policy = Policy([r for r in accepted.values() if r["schema"] == "imloop/policy/1"], unwritten)
        today = [Record(r) for r in now.values() if r.get("vehicle") and not r["schema"].startswith("imloop/correction")]
        self.groups, self.review = identify(today)
        waivers = [{"at": day(moment(r["occurred_at"])), "about": next(iter(r["about"].values())), "until": datetime.date.fromisoformat(r["until"]) if r.get("until") else None}
                   for r in then.values() if r["schema"] == "imloop/decision/1" and r["action"] == "waive"]
        self.episodes, ghosts = [], [Record(r) for rid, r in then.items() if rid not in now and r.get("vehicle")]
        histories = collections.defaultdict(list)
        for i, group in enumerate(self.groups):
            histories[i] += [Record(then[r.id]) for r in group if r.id in then]
        for g in ghosts:
            at = would_stand_with(g, today, self.groups)
            histories[at if at is not None else ("vin", g.vin) if g.vin else ("plate", g.plate, g.kind) if g.plate else ("record", g.id)].append(g)
        for own in histories.values():
            self.episodes += walk(own, waivers, self.register, self.policy, as_of)


def read_export(folder):
    """Accepted records by id, and the ids that any line holds."""
    accepted, known, lines = {}, set(), {}
    for name in sorted(pathlib.Path(folder, "journals").glob("*.ndjson")):
        texts = iter(open(name, "rb"))
        for header in map(json.loads, texts):
            pending = [next(texts)]
            while not pending[-1].startswith(b'{"last":'):
                pending.append(next(texts))
            receipt, _seal = json.loads(next(texts)), next(texts)
            for outcome, text in zip(receipt["outcomes"], pending):
                if "record_id" not in outcome:
                    continue
                known.add(outcome["record_id"])
                if outcome["status"] == "rejected":
                    continue
                r = json.loads(text)
                key = (r["station_id"] != header["source"], header["source"], header["epoch"], outcome["seq"])
                if r["record_id"] not in lines or key < lines[r["record_id"]]:
                    lines[r["record_id"]], accepted[r["record_id"]] = key, r
    return accepted, known


def check_vectors(folder):
    bad = 0
    for name in sorted(pathlib.Path(folder, "episodes").glob("*.json")):
        v = json.loads(name.read_text())
        accepted = {r["record_id"]: r for r in v["records"]}
        for i, s in enumerate(v["stations"]):
            rid = f"register-{i}"
            accepted[rid] = dict(schema="imloop/registration/1", record_id=rid, station_id="H", registered_station_id=s["id"], kind=s["kind"], county=s["county"],
                                 status="filed", valid_from="2020-01-01", occurred_at="2020-01-01T00:00:00+08:00")
        policy = dict(v["policy"], counties={s["county"] for s in v["stations"] if not s.get("outside")})
        got = Loop(accepted, set(accepted), policy, datetime.date.fromisoformat(v["as_of"])).episodes
        want = sorted((e["episode_id"], e["outcome"], e["county"]) for e in v["episodes"])
        if sorted((e["episode_id"], e["outcome"], e["county"]) for e in got) != want:
            bad += 1
            print(name.name, "want", want, "got", [(e["episode_id"], e["outcome"]) for e in got])
    for name in sorted(pathlib.Path(folder, "identity").glob("*.json")):
        v = json.loads(name.read_text())
        groups, review = identify([Record(r) for r in v["records"]])
        if sorted(sorted(r.id for r in g) for g in groups) != sorted(map(sorted, v["vehicles"])) or sorted(review) != sorted(set(v["review"]) & {r["record_id"] for r in v["records"] if not Record(r).vin}):
            bad += 1
            print(name.name, [sorted(r.id for r in g) for g in groups], sorted(review), "want", v["vehicles"], v["review"])
    for w in json.loads(pathlib.Path(folder, "wilson.json").read_text()):
        low, high = wilson(w["repaired"], w["failed"])
        zero = w["repaired"] == 0 and (1 - w["target"]) ** w["failed"] < 0.05
        if abs(low - w["low"]) > 1e-12 or abs(high - w["high"]) > 1e-12 or (high < w["target"]) != w["is_low"] or zero != w["is_zero"]:
            bad += 1
            print("wilson", w, low, high)
    print("vectors:", "all hold" if bad == 0 else f"{bad} do not hold")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", nargs="?")
    parser.add_argument("--vectors")
    parser.add_argument("--from", dest="begin", default="1970-01-01")
    parser.add_argument("--to")
    parser.add_argument("--as-of", dest="as_of")
    parser.add_argument("--view", choices=["station", "registered"], default="station")
    args = parser.parse_args()
    if args.vectors:
        return check_vectors(args.vectors)
    built_in = json.loads((pathlib.Path(__file__).parents[2] / "schemas/tables/policy.json").read_text())
    as_of = datetime.date.fromisoformat(args.as_of)
    begin, end = datetime.date.fromisoformat(args.begin), datetime.date.fromisoformat(args.to or args.as_of)
    loop = Loop(*read_export(args.export), built_in, as_of)
    policy = loop.policy
    mine = [e for e in loop.episodes if begin <= e["first"] <= end]
    rows = []
    for county in [c for c in sorted(policy.counties) if c != policy.city] + [policy.city, "outside"]:
        its = "county" if args.view == "station" else "registered"
        own = [e for e in mine if e[its] == county or (county == "outside" and e[its] not in policy.counties)]
        if own or county not in (policy.city, "outside"):
            rows.append(dict(measures(own, policy.value("repair_rate_target", end, county)), county=county))
    rows.append(dict(measures(mine, policy.value("repair_rate_target", end, "")), county="all"))
    print(json.dumps({"rows": rows, "vehicles": len(loop.groups), "review": len(loop.review)}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
