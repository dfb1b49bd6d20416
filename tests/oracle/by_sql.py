#!/usr/bin/env python3
"""A second reading of a hub's database: episodes reckoned by one SQL query from the tables `records`, `registrations` and
`codes` alone, never from what the hub made of them.

  by_sql.py hub.sqlite|postgresql://… --as-of 2025-12-31 [--from 2025-01-01] [--to 2025-12-31] [--view registered]

Prints the county rows as `hub report counties --json` has them. Needs python3-psycopg2 for PostgreSQL.
"""
import argparse
import datetime
import json
import pathlib
import sqlite3
import sys

from oracle import OUTCOMES, measures

# One number for a place in a walk: four times the moment in ms, and 1 right after it, 2 at the end of the day.
QUERY = """
WITH word AS (SELECT list, number, code FROM codes),
seen AS (
  SELECT r.record_id AS id, r.vehicle_id AS v, r.occurred_at AS at, (r.occurred_at + 28800000) / 86400000 AS day, k.code AS kind,
    COALESCE(verdict.code, outcome.code, event.code) AS result, reason.code AS reason, r.is_day_only, r.station_id, r.county,
    r.registered_county, r.number, r.other_number
  FROM records r JOIN word k ON k.list = 'kind' AND k.number = r.kind
  LEFT JOIN word verdict ON verdict.list = 'verdict' AND verdict.number = r.result AND k.code = 'inspection'
  LEFT JOIN word outcome ON outcome.list = 'repair_outcome' AND outcome.number = r.result AND k.code = 'repair'
  LEFT JOIN word event ON event.list = 'event' AND event.number = r.result AND k.code = 'vehicle_event'
  LEFT JOIN word reason ON reason.list = 'reason' AND reason.number = r.reason
  WHERE r.vehicle_id IS NOT NULL AND (r.occurred_at + 28800000) / 86400000 <= {as_of}),
marks AS (  -- what opens an episode, and what ends one
  SELECT *, 4 * at + CASE WHEN kind = 'vehicle_event' AND is_day_only = 1 THEN 4 * ((day + 1) * 86400000 - 28800001 - at) + 2 ELSE 0 END AS place,
    CASE WHEN kind = 'inspection' THEN 1 ELSE 2 END AS sort, CASE WHEN result = 'fail' THEN 1 ELSE 0 END AS fails,
    CASE WHEN reason IN ('periodic', 'initial', 'retest') THEN 1 ELSE 0 END AS formal
  FROM seen WHERE (kind = 'inspection' AND ((result = 'fail' AND reason <> 'comparison') OR (result = 'pass' AND reason IN ('periodic', 'initial', 'retest'))))
    OR (kind = 'vehicle_event' AND result IN ('scrapped', 'transferred_out'))),
walked AS (SELECT *, COALESCE(LAG(fails) OVER (PARTITION BY v ORDER BY place, sort, id), 0) AS was_open FROM marks),
steps AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY v, n ORDER BY place, sort, id) AS step FROM (
    SELECT *, SUM(CASE WHEN fails = 1 AND was_open = 0 THEN 1 ELSE 0 END) OVER (PARTITION BY v ORDER BY place, sort, id) AS n
    FROM walked WHERE fails = 1 OR was_open = 1) numbered),
ends AS (SELECT v, n, place, at, day, result, station_id FROM steps WHERE fails = 0),
e AS (
  SELECT f.v, f.n, f.id, f.at, f.day, f.place, f.sort, f.station_id, f.county, last.place AS latest, last.day AS latest_day,
    ends.place AS end_place, ends.day AS end_day, ends.result AS ended_by, ends.station_id AS end_station
  FROM steps f JOIN (SELECT v, n, MAX(place) AS place, MAX(day) AS day FROM steps WHERE fails = 1 GROUP BY v, n) last ON last.v = f.v AND last.n = f.n
  LEFT JOIN ends ON ends.v = f.v AND ends.n = f.n WHERE f.step = 1),
tests AS (  -- formal ones after the first failure
  SELECT v, n, result, ROW_NUMBER() OVER (PARTITION BY v, n ORDER BY place, sort, id) AS nth FROM (
    SELECT s.* FROM steps s JOIN e ON e.v = s.v AND e.n = s.n WHERE s.formal = 1 AND (s.fails = 0 OR s.place > e.place)) formal_ones),
named AS (  -- the failure a repair's report number means
  SELECT p.id, f.n, f.at, f.day, ROW_NUMBER() OVER (PARTITION BY p.id ORDER BY CASE WHEN f.place <= p.bound THEN 0 ELSE 1 END,
      CASE WHEN f.place <= p.bound THEN -f.place ELSE f.place END, CASE WHEN f.place <= p.bound THEN -f.step ELSE f.step END) AS nth
  FROM (SELECT *, 4 * CASE WHEN is_day_only = 1 THEN (day + 1) * 86400000 - 28800001 ELSE at END + 2 * is_day_only AS bound FROM seen WHERE kind = 'repair') p
  JOIN steps f ON f.v = p.v AND f.fails = 1 AND (f.number = p.other_number OR f.other_number = p.other_number)),
placed AS (
  SELECT p.*, named.n AS named_n, CASE WHEN p.is_day_only = 0 THEN 4 * p.at WHEN named.day = p.day THEN 4 * named.at + 1
      WHEN EXISTS (SELECT 1 FROM e WHERE e.v = p.v AND e.place < p.begins AND (e.end_place IS NULL OR e.end_place >= p.begins)) THEN p.begins
      ELSE COALESCE((SELECT MAX(4 * f.at) + 1 FROM steps f WHERE f.v = p.v AND f.fails = 1 AND f.day = p.day), p.begins) END AS place
  FROM (SELECT *, 4 * (day * 86400000 - 28800000) AS begins FROM seen WHERE kind = 'repair') p
  LEFT JOIN named ON named.id = p.id AND named.nth = 1),
counting AS (
  SELECT e.v, e.n, p.day, p.place, p.place > e.latest AS is_since FROM placed p JOIN e ON e.v = p.v
    AND (e.n = p.named_n OR (p.named_n IS NULL AND e.place < p.place AND (e.end_place IS NULL OR p.place <= e.end_place)))
  WHERE p.result = 'repaired' AND p.place > e.place AND (e.end_place IS NULL OR p.place <= e.end_place)
    AND (SELECT g.kind || status.code FROM registrations g JOIN word status ON status.list = 'station_status' AND status.number = g.status
         WHERE g.station_id = p.station_id AND g.valid_from <= p.day ORDER BY g.valid_from DESC, g.occurred_at DESC, g.record_id DESC LIMIT 1) = 'Mfiled'),
repaired AS (SELECT v, n, MIN(day) AS first_day, MAX(CASE WHEN is_since THEN day END) AS since_day FROM counting GROUP BY v, n),
said AS (  -- where the vehicle is registered, by any of its records
  SELECT s.v, s.id, s.registered_county, COALESCE(p.place, 4 * s.at + CASE WHEN s.kind = 'vehicle_event' AND s.is_day_only = 1
      THEN 4 * ((s.day + 1) * 86400000 - 28800001 - s.at) + 2 ELSE 0 END) AS place,
    CASE s.kind WHEN 'repair' THEN 0 WHEN 'inspection' THEN 1 ELSE 2 END AS sort
  FROM seen s LEFT JOIN placed p ON p.id = s.id WHERE s.registered_county IS NOT NULL),
earlier AS (
  SELECT e.v, e.n, s.registered_county, ROW_NUMBER() OVER (PARTITION BY e.v, e.n ORDER BY s.place DESC, s.sort DESC, s.id DESC) AS nth
  FROM e JOIN said s ON s.v = e.v WHERE (s.place, s.sort, s.id) <= (e.place, e.sort, e.id)),
later AS (
  SELECT e.v, e.n, s.registered_county, ROW_NUMBER() OVER (PARTITION BY e.v, e.n ORDER BY s.place, s.sort, s.id) AS nth
  FROM e JOIN said s ON s.v = e.v WHERE (s.place, s.sort, s.id) > (e.place, e.sort, e.id)),
waived AS (
  SELECT DISTINCT f.v, f.n FROM records d JOIN word k ON k.list = 'kind' AND k.number = d.kind AND k.code = 'decision'
  JOIN word w ON w.list = 'decision' AND w.number = d.result AND w.code = 'waive' JOIN steps f ON f.id = d.about_id AND f.fails = 1
  WHERE (d.occurred_at + 28800000) / 86400000 <= {as_of} AND (d.until_day IS NULL OR d.until_day >= {as_of}))
SELECT e.county, COALESCE(earlier.registered_county, later.registered_county), e.day, e.latest_day, e.end_day, e.ended_by,
  -- the passing station's county at the first failure; before its first registration, that one's
  COALESCE((SELECT g.county FROM registrations g WHERE g.station_id = e.end_station AND g.valid_from <= e.day
            ORDER BY g.valid_from DESC, g.occurred_at DESC, g.record_id DESC LIMIT 1),
           (SELECT g.county FROM registrations g WHERE g.station_id = e.end_station ORDER BY g.valid_from, g.occurred_at, g.record_id LIMIT 1)),
  repaired.first_day, repaired.since_day, tests.result, waived.v IS NOT NULL
FROM e LEFT JOIN repaired ON repaired.v = e.v AND repaired.n = e.n LEFT JOIN tests ON tests.v = e.v AND tests.n = e.n AND tests.nth = 1
LEFT JOIN earlier ON earlier.v = e.v AND earlier.n = e.n AND earlier.nth = 1 LEFT JOIN later ON later.v = e.v AND later.n = e.n AND later.nth = 1
LEFT JOIN waived ON waived.v = e.v AND waived.n = e.n
WHERE e.day BETWEEN {begin} AND {end}
"""


def rows_of(place, query):
    if "://" in place:
        import psycopg2
        with psycopg2.connect(place) as database, database.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    with sqlite3.connect(f"file:{place}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def episode(row, policy, inside, as_of):
    county, registered, first, latest, ended, ended_by, end_county, repaired, since, test, waived = row
    if ended_by in ("scrapped", "transferred_out"):
        outcome = ended_by
    elif ended_by:
        outcome = "closed_repaired" if since is not None else "closed_unrepaired" if end_county in inside else "passed_elsewhere"
    elif waived:
        outcome = "waived"
    elif as_of <= (latest + policy["repair_days"] if since is None else since + policy["retest_days"]):
        outcome = "in_time"
    else:
        outcome = "non_return_not_repaired" if since is None else "non_return_not_retested"
    return {"county": county, "registered": registered, "outcome": outcome, "repaired": repaired is not None, "retested": test is not None,
            "first_retest_passed": test == "pass", "to_repair": None if repaired is None else repaired - first,
            "to_close": ended - first if outcome in OUTCOMES[:3] else None}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--from", dest="begin", default="1970-01-01")
    parser.add_argument("--to")
    parser.add_argument("--as-of", dest="as_of", required=True)
    parser.add_argument("--policy", default=pathlib.Path(__file__).parents[2] / "schemas/tables/policy.json")
    parser.add_argument("--view", choices=["station", "registered"], default="station")
    args = parser.parse_args()
    number = lambda text: datetime.date.fromisoformat(text).toordinal() - datetime.date(1970, 1, 1).toordinal()
    policy = json.loads(pathlib.Path(args.policy).read_text())
    inside = {int(c) for c in policy["counties"]}
    as_of = number(args.as_of)
    query = QUERY.replace("{as_of}", str(as_of)).replace("{begin}", str(number(args.begin))).replace("{end}", str(number(args.to or args.as_of)))
    episodes = [episode(row, policy, inside, as_of) for row in rows_of(args.database, query)]
    rows, its = [], "county" if args.view == "station" else "registered"
    for county in [c for c in policy["counties"] if c != policy["city"]] + [policy["city"], "outside"]:
        own = [e for e in episodes if str(e[its]) == county or (county == "outside" and e[its] not in inside)]
        if own or county not in (policy["city"], "outside"):
            rows.append(dict(measures(own, policy["repair_rate_target"]), county=county))
    rows.append(dict(measures(episodes, policy["repair_rate_target"]), county="all"))
    print(json.dumps({"rows": rows}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    sys.exit(main())
