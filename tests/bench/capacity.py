#!/usr/bin/env python3
"""What a prefecture, a province and the nation need: nodes, cores, memory, disk, now and after some years; what a failed node costs; backups; moving shards.
    tests/bench/capacity.py                          # tables
    tests/bench/capacity.py --json FILE --peak 10    # for programs, with another assumption
    tests/bench/capacity.py --pages                  # puts the tables into docs/ anew
Measured figures stand in capacity.json, which capacity_measured.py writes; everything else is an assumption below, and an option. Nothing is asserted:
what lies beyond the sizes measured is extrapolated in proportion."""
import argparse
import json
import math
import pathlib
import re
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("docs/capacity.md", "docs/measured.md")


class Assumption(NamedTuple):
    name: str
    value: float
    unit: str
    words: str  # zh / en


ASSUMPTIONS = [
    Assumption("records_a_test", 1.17, "", "每次检验的记录数，连同维修、校准；measured.md 里老实的一年，10 万次 / records a test, with repairs and calibrations: the honest year of measured.md, 100,000 tests"),
    Assumption("vehicles_a_test", 1.2, "", "每年每次检验对应的车辆数：3 亿辆、2.5 亿次 / vehicles for each test of a year: 300 M and 250 M"),
    Assumption("trace_kb", 200, "KB", "每次检验过程数据的 CSV：全国一年 50 TB、2.5 亿次 / process data a test as CSV: 50 TB a year and 250 M tests"),
    Assumption("trace_share", 1, "", "带过程数据的检验所占份额 / share of tests with process data"),
    Assumption("growth", 0.05, "", "检验量每年增长 / growth of tests a year"),
    Assumption("years", 5, "", "年数 / years"),
    Assumption("hours", 2000, "h", "一年的检验时间 / hours of testing a year"),
    Assumption("peak", 7, "x", "最忙一刻与工作时间平均之比 / the busiest moment to the mean of those hours"),
    Assumption("headroom", 0.5, "", "最忙时一个核最多用到的份额 / share of a core that may be busy at the peak"),
    Assumption("fill", 0.7, "", "磁盘最多用到的份额 / share of a disk that may be full"),
    Assumption("copies", 2, "", "数据库服务器的份数，单机除外 / copies of a database server, one machine apart"),
    Assumption("hot_share", 0.1, "", "要留在内存里的行的份额 / share of rows that has to stay in memory"),
    Assumption("seek_ms", 0.1, "ms", "读一页不在内存的数据 / reading a page that is not in memory"),
    Assumption("night", 8, "h", "备份可用的时间 / hours that a backup may take"),
    Assumption("weekend", 48, "h", "全部重算可用的时间 / hours that making all anew may take"),
    Assumption("backup_every", 24, "h", "两次备份之间 / between two backups"),
    Assumption("transfer_mb_s", 100, "MB/s", "机器之间搬数据 / moving data between machines"),
    Assumption("promote_s", 60, "s", "把数据库备机升为主机，由 PostgreSQL 的工具做 / a standby of the database takes over, by tools of PostgreSQL"),
    Assumption("node_cores", 32, "", "一台机器的核 / cores of a machine"),
    Assumption("node_memory_gb", 256, "GB", "一台机器的内存 / memory of a machine"),
    Assumption("node_disk_tb", 30, "TB", "一台机器的磁盘 / disk of a machine"),
    Assumption("price_core", 0, "", "一个核一年的价格 / price of a core and year"),
    Assumption("price_memory_gb", 0, "", "1 GB 内存一年的价格 / price of a GB of memory and year"),
    Assumption("price_disk_tb", 0, "", "1 TB 磁盘一年的价格 / price of a TB of disk and year"),
]


# Of capacity.json.
MEASURED = [
    ("journal_bytes", "B", "日志，每条记录 / journal, a record"),
    ("loop_bytes", "B", "闭环的行，每条记录 / rows of the loop, a record"),
    ("watch_bytes", "B", "规则的行，每条记录 / rows of the watch, a record"),
    ("rest_bytes", "B", "其他，每条记录 / the rest, a record"),
    ("loop_rows", "", "闭环的行数，每条记录 / rows of the loop, a record"),
    ("trace_csv_bytes", "B", "过程数据一份的 CSV / CSV of one trace"),
    ("trace_ratio", "x", "过程数据存下来与 CSV 之比 / a trace as stored, to its CSV"),
    ("trace_rows_bytes", "B", "过程数据的特征和索引，每份 / what is drawn from a trace"),
    ("single_lines", "/CPU s", "上传，每段一条，连同发送的站点 / uploads, a line a segment, with the stations that send them"),
    ("import", "/CPU s", "导入 / import"),
    ("watch_traced", "/CPU s", "规则，带过程数据 / the rules, with process data"),
    ("backup", "/CPU s", "备份，不带过程数据 / backup, without process data"),
    ("backup_traced_mb_s", "MB/CPU s", "备份，带过程数据 / backup, with process data"),
    ("rebuild", "/CPU s", "重算 / rebuild"),
    ("verify_to_rebuild", "x", "核对与重算之比 / verify to rebuild"),
    ("peak_mb", "MB", "监管中心的内存，最多 / memory of the hub at the peak"),
    ("takeover_s", "s", "SIGKILL 之后另一个接手，最长 / another takes over after SIGKILL, the longest"),
]


class Size(NamedTuple):
    key: str
    words: str
    tests: float
    engine: str
    hubs: int  # of a store each
    one_machine: bool = False


SIZES = [
    Size("prefecture", "地市，一台机器 / prefecture, one machine", 1e6, "sqlite", 1, one_machine=True),
    Size("province", "省，PostgreSQL / province, PostgreSQL", 1e7, "postgres", 1),
    Size("nation", "全国，一个库 / nation, one store", 2.5e8, "postgres", 1),
    Size("provinces", "全国，31 个省各一 / nation, 31 provinces apart", 2.5e8, "postgres", 31),
]
RECORDS = ("journal_bytes", "loop_bytes", "watch_bytes", "rest_bytes")


def measured_of():
    return json.loads((ROOT / "tests/bench/capacity.json").read_text())


class Model:
    def __init__(self, measured, assumed):
        self.measured, self.a = measured, argparse.Namespace(**assumed)

    def m(self, name, engine):
        """Of SQLite, where the other was not measured."""
        of = self.measured["measured"][name]
        return of.get(engine, of["sqlite"])

    def row_bytes(self, engine):
        return sum(self.m(name, engine) for name in RECORDS)

    def bytes_of(self, tests, engine):
        """Of so many tests, once, without spare room: (rows, process data)."""
        rows = tests * self.a.records_a_test * self.row_bytes(engine)
        trace = self.a.trace_kb * 1000 * self.m("trace_ratio", engine) + self.m("trace_rows_bytes", engine)
        return rows, tests * self.a.trace_share * trace

    def tests_in(self, tests, years):
        """All of them, of so many years; and those of the last."""
        each = [tests * (1 + self.a.growth) ** year for year in range(int(years))]
        return sum(each), each[-1]

    def mean_rate(self, tests):
        return tests * self.a.records_a_test / (self.a.hours * 3600)

    def of(self, size, years):
        a, e, hubs = self.a, size.engine, size.hubs
        copies = 1 if size.one_machine else a.copies
        all_tests, last = (n / hubs for n in self.tests_in(size.tests, years))
        records, last_records = all_tests * a.records_a_test, last * a.records_a_test
        rows, traces = self.bytes_of(all_tests, e)
        peak, mean = self.mean_rate(last) * a.peak, self.mean_rate(last)
        cores_once = (peak / self.m("single_lines", e) + mean / self.m("watch_traced", e)) / a.headroom
        cores = max(2, math.ceil(cores_once)) * copies
        hot = a.hot_share * records * (self.m("loop_bytes", e) + self.m("watch_bytes", e))
        memory = (max(1, math.ceil(hot / 1e9)) + math.ceil(self.m("peak_mb", e) / 1000)) * copies
        disk = (rows + traces) * copies / a.fill
        machines = max(copies, math.ceil(cores / a.node_cores), math.ceil(memory / a.node_memory_gb), math.ceil(disk / (a.node_disk_tb * 1e12)))
        servers = max(1, machines / copies)  # that hold different data
        hours = lambda seconds: seconds / 3600
        moved = lambda n: n / (a.transfer_mb_s * 1e6)
        copied = records / self.m("backup", e) + traces / (self.m("backup_traced_mb_s", e) * 1e6)
        rebuilt, watched = records / self.m("rebuild", e), records / self.m("watch_traced", e)
        back = moved(rows + traces) + (0 if size.one_machine else rebuilt)
        since = last_records * a.backup_every / (365 * 24)
        cold = 1 / (1 / self.m("import", e) + self.m("loop_rows", e) * a.seek_ms / 1000)
        return {
            "tests": last * hubs, "vehicles": last * hubs * a.vehicles_a_test, "records": records * hubs, "peak": peak,
            "uploads": peak / self.m("single_lines", e), "writer": peak / self.m("import", e), "writer_cold": peak / cold, "watch": mean / self.m("watch_traced", e),
            "rows_tb": rows * hubs / 1e12, "traces_tb": traces * hubs / 1e12,
            "machines": machines * hubs, "cores": cores * hubs, "memory_gb": memory * hubs, "disk_tb": disk * hubs / 1e12,
            "backup_h": hours(copied), "base_backup_h": hours(moved((rows + traces) / servers)),
            "rebuild_h": hours(rebuilt), "verify_h": hours(rebuilt * self.m("verify_to_rebuild", e)), "watch_h": hours(watched),
            "restored_h": hours(back), "sent_again_h": hours(since / self.m("single_lines", e)), "since": since,
            "server_h": hours(moved((rows + traces) / servers)), "shards_h": hours(moved((rows + traces) / (servers + 1))),
            "shards_tb": (rows + traces) / (servers + 1) / 1e12,
            "price": (cores * a.price_core + memory * a.price_memory_gb + disk / 1e12 * a.price_disk_tb) * hubs,
        }

    def ends(self):
        """Of one machine: what gives out at how many tests a year, at the figures of the last of the years."""
        a, e = self.a, "sqlite"
        grown = (1 + a.growth) ** (a.years - 1)
        all_of_one, _ = self.tests_in(1, a.years)
        rows, traces = self.bytes_of(all_of_one, e)
        trace_seconds = traces / (self.m("backup_traced_mb_s", e) * 1e6)
        return {
            "uploads": self.m("single_lines", e) * a.node_cores * a.headroom / (self.mean_rate(grown) * a.peak),
            "writer": self.m("import", e) * a.headroom / (self.mean_rate(grown) * a.peak),
            "watch": self.m("watch_traced", e) * a.headroom / self.mean_rate(grown),
            "backup": a.night * 3600 / (all_of_one * a.records_a_test / self.m("backup", e) + trace_seconds),
            "rebuild": a.weekend * 3600 * self.m("rebuild", e) / (a.records_a_test * all_of_one),
            "disk": a.node_disk_tb * 1e12 * a.fill / (rows + traces),
        }

    def figures(self):
        return {"assumptions": vars(self.a), "sizes": {s.key: {"first": self.of(s, 1), "last": self.of(s, self.a.years)} for s in SIZES}, "one_machine_ends": self.ends()}


def shown(n):
    """Three digits that count; M and G of large ones."""
    if n == 0:
        return "0"
    for unit, name in ((1e9, " G"), (1e6, " M")):
        if abs(n) >= unit:
            return shown(n / unit) + name
    if abs(n) >= 100:
        return f"{n:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(n))))
    return f"{n:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{n:.0f}"


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *("| " + " | ".join(row) + " |" for row in rows)])


def time_of(hours):
    if hours < 1 / 60:
        return shown(hours * 3600) + " s"
    if hours < 1:
        return shown(hours * 60) + " min"
    return shown(hours) + " h" if hours < 72 else shown(hours / 24) + " d"


NEEDED = [
    ("tests", "检验，一年 / tests a year", shown), ("vehicles", "车辆 / vehicles", shown), ("records", "记录，至此 / records by then", shown),
    ("peak", "最忙时每秒记录，每库 / records a second at the peak, a store", shown),
    ("rows_tb", "行，TB / rows, TB", shown), ("traces_tb", "过程数据，TB / process data, TB", shown),
    ("machines", "机器 / machines", shown), ("cores", "核 / cores", shown), ("memory_gb", "内存，GB / memory, GB", shown), ("disk_tb", "磁盘，TB / disk, TB", shown),
]
BUSY = [
    ("uploads", "最忙时上传占的核，每库 / cores busy with uploads at the peak, a store", shown),
    ("writer", "写入者最忙时的份额 / of the writer at the peak", lambda n: f"{100 * n:.3g} %"),
    ("writer_cold", "同上，读的行都不在内存 / the same, no row it reads in memory", lambda n: f"{100 * n:.3g} %"),
    ("watch", "规则跟随者，工作时间平均 / of the watch, mean of the hours", lambda n: f"{100 * n:.3g} %"),
    ("backup_h", "`hub backup`", time_of), ("base_backup_h", "各服务器自己的备份 / each server's own backup", time_of),
    ("rebuild_h", "`hub rebuild`", time_of), ("verify_h", "`hub verify`", time_of), ("watch_h", "规则从头看一遍 / the rules over all of it", time_of),
]
ENDS = {
    "uploads": "一台机器的核，上传 / the cores of a machine, uploads", "writer": "写入者 / the writer", "watch": "规则跟随者 / the watch",
    "backup": "`hub backup`，一夜 / in a night",
    "rebuild": "`hub rebuild`，一个周末 / in a weekend", "disk": "一台机器的磁盘 / the disk of a machine",
}


def sized(figures, rows, sizes=SIZES):
    """Of each size after the first year, and after the last."""
    cell = lambda size, key, form: " → ".join(form(figures["sizes"][size.key][when][key]) for when in ("first", "last"))
    return table(["", *(s.words for s in sizes)], [[words, *(cell(s, key, form) for s in sizes)] for key, words, form in rows])


def ends(figures):
    found = figures["one_machine_ends"]
    least = min(found, key=found.get)
    return table(["到头的 / what gives out", "每年检验 / tests a year"], [[words + (" ◀" if key == least else ""), shown(found[key])] for key, words in ENDS.items()])


def failures(figures):
    one, province, nation = (figures["sizes"][key]["last"] for key in ("prefecture", "province", "nation"))
    a, measured = argparse.Namespace(**figures["assumptions"]), measured_of()["measured"]
    rows = [
        ["地市：机器没了 / prefecture: the machine", "站点照常检验，复检查询答“无法确认” / stations go on; the gate says 无法确认",
         "上次备份之后监管中心自己写的；站点的都还在站点 / what the hub itself wrote since the last backup; stations have theirs",
         f"{time_of(one['restored_h'])} + {time_of(one['sent_again_h'])}（{shown(one['since'])} 条补传 / sent again），规则 / rules {time_of(one['watch_h'])}"],
        ["省：监管中心一台 / province: a hub", "另一台 / the other one", "没有 / nothing", f"{measured['takeover_s']['postgres']:.2g} s"],
        ["省：数据库主机 / province: the database", "站点照常 / stations go on", "没有，备机同步时 / nothing, with a synchronous standby", f"{time_of(a.promote_s / 3600)}"],
        ["省：数据库，没有备机 / province: the database without a standby", "站点照常 / stations go on", "如地市 / as a prefecture", f"{time_of(province['restored_h'])}"],
        ["全国：一个数据节点 / nation: a worker", "站点照常；上传都停，每批都要写到它 / stations go on; all uploads stop, every batch writes there",
         "没有，有备机时 / nothing, with a standby", f"{time_of(a.promote_s / 3600)}"],
        ["全国：一个数据节点，没有备机 / nation: a worker without a standby", "同上 / the same", "它的分片，到它自己的备份 / its shards, back to its own backup", f"{time_of(nation['server_h'])}"],
    ]
    return table(["坏了什么 / what fails", "还在的 / what stands", "丢了的 / what is lost", "多久恢复 / until it stands again"], rows)


def resharding(figures):
    rows = [("shards_tb", "多一台机器要搬，TB / moved for one machine more, TB", shown), ("shards_h", "要多久 / takes", time_of)]
    return sized(figures, rows, [size for size in SIZES if not size.one_machine])


def cost(figures):
    rows = [("cores", "核·年 / core years", shown), ("memory_gb", "GB·年 / GB years", shown), ("disk_tb", "TB·年 / TB years", shown)]
    if any(figures["assumptions"][name] for name in ("price_core", "price_memory_gb", "price_disk_tb")):
        rows.append(("price", "价格，一年 / price a year", shown))
    return sized(figures, rows)


def assumptions(figures):
    return table(["假定 / assumption", "", "选项 / option"], [[a.words, f"{shown(figures['assumptions'][a.name])} {a.unit}".strip(), f"`--{a.name.replace('_', '-')}`"] for a in ASSUMPTIONS])


def measurements(_):
    kept = measured_of()
    of = lambda name, engine: shown(kept["measured"][name][engine]) if engine in kept["measured"][name] else ""
    rows = [[words, of(name, "sqlite"), of(name, "postgres"), unit] for name, unit, words in MEASURED]
    on = f"`tests/bench/capacity_measured.py --tests {kept['tests']}`：{kept['on']}"
    return "\n\n".join([on, table(["", "SQLite", "PostgreSQL", ""], rows), *kept.get("notes", [])])


BLOCKS = {
    "needed": lambda f: sized(f, NEEDED), "busy": lambda f: sized(f, BUSY), "ends": ends, "failures": failures, "resharding": resharding, "cost": cost,
    "assumptions": assumptions, "measured": measurements,
}
BLOCK = re.compile(r"(<!-- capacity\.py: (\w+) -->\n).*?(<!-- end -->)", re.S)


def page_with(text, figures):
    """With its blocks as they are printed now."""
    return BLOCK.sub(lambda m: f"{m[1]}\n{BLOCKS[m[2]](figures)}\n\n{m[3]}", text)


def figures_of(**other):
    return Model(measured_of(), {a.name: a.value for a in ASSUMPTIONS} | other).figures()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for a in ASSUMPTIONS:
        parser.add_argument(f"--{a.name.replace('_', '-')}", type=float, default=a.value, help=f"{a.words} ({a.value:g} {a.unit})".replace("%", "%%"))
    parser.add_argument("--json", type=pathlib.Path, help="where to write the figures")
    parser.add_argument("--pages", action="store_true", help="put the tables into the pages anew")
    args = vars(parser.parse_args())
    file, pages = args.pop("json"), args.pop("pages")
    if pages:
        for page in PAGES:
            (ROOT / page).write_text(page_with((ROOT / page).read_text(), figures_of()))
        return
    figures = figures_of(**args)
    if file:
        file.write_text(json.dumps(figures, indent=1) + "\n")
    for name, block in BLOCKS.items():
        print(f"## {name}\n\n{block(figures)}\n")


if __name__ == "__main__":
    main()
