#!/usr/bin/env python3
"""Instructions a record, as valgrind's callgrind counts them, and their ratio to a loop that shares no code with ours (`reference`: SHA-256 by OpenSSL, JSON by nlohmann).
Fails where a ratio is more than 5 % above the one kept in instructions.json, and says so where it is as much below: then --renew.
    tests/bench/instructions.py --bin build/dev/bin
Left out, aloud, with exit code 77: without valgrind, in a sanitizer's build, and where no ratios are kept for such a build on such a CPU. That is
the one valgrind shows to programs: the same on every machine with AVX2. What libraries choose by the CPU all the same is held fast by ENVIRONMENT."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PARTS = {"reference": "SHA-256 and nlohmann's JSON", "admission": "a line admitted", "loop": "frame, seal, admission, and what the writer puts into SQLite",
         "watch": "the rules, and what they keep", "sweep": "large keys and stations, once behind all of these"}
MARGIN = 0.05
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "OPENSSL_ia32cap": "0x078bfbff:0", "SIMDJSON_FORCE_IMPLEMENTATION": "fallback",
               "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-FMA,-BMI1,-BMI2,-ERMS,-FSRM,-LZCNT,-MOVBE,-POPCNT,-SSE4_1,-SSE4_2,-SSSE3,-XSAVEC"
                                 ":glibc.cpu.x86_data_cache_size=0x8000:glibc.cpu.x86_shared_cache_size=0x100000:glibc.cpu.x86_non_temporal_threshold=0xc0000"}


def skip(why):
    print("instructions: skipped,", why)
    sys.exit(77)


def build_of(folder):
    """What was built there and how: counts of other flags or another compiler are others."""
    cache = dict(re.findall(r"^(\w+):\w+=(.*)$", (folder / "CMakeCache.txt").read_text(), re.M))
    if cache.get("IMLOOP_SANITIZE"):
        skip("a sanitizer's instructions are not ours")
    kind = cache["CMAKE_BUILD_TYPE"]
    compiler = subprocess.run([cache["CMAKE_CXX_COMPILER"], "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return " ".join(f"{kind} {cache.get('CMAKE_CXX_FLAGS', '')} {cache.get('CMAKE_CXX_FLAGS_' + kind.upper(), '')}".split()) + f", {compiler}"


def count(program, part, segments):
    """Instructions a record of this part, and the CPU that the program saw."""
    steady = ["setarch", "-R"] if subprocess.run(["setarch", "-R", "true"], stderr=subprocess.DEVNULL).returncode == 0 else []
    done = subprocess.run([*steady, "valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null", program, part, str(segments)],
                          capture_output=True, text=True, env=ENVIRONMENT | ({"TMPDIR": os.environ["TMPDIR"]} if "TMPDIR" in os.environ else {}))
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        sys.exit(f"{part}\n{done.stdout}{done.stderr}")
    records, cpu = done.stdout.strip().split(" ", 1)
    if counted[1] == "0":
        skip("built without valgrind's headers")
    return int(counted[1]) / int(records), cpu


def judged(ratio, kept):
    if kept is None:
        return ""
    change = ratio / kept - 1
    return f"kept {kept:.3f}, {change:+.1%}" + (": MORE" if change > MARGIN else ": less, to be kept by --renew" if change < -MARGIN else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parents[1] / "build/dev/bin", help="where the programs are")
    parser.add_argument("--segments", type=int, default=10, help="of 100 records, that are counted behind as many; ratios are kept of the default")
    parser.add_argument("--json", type=pathlib.Path, help="where to write what was counted")
    parser.add_argument("--kept", type=pathlib.Path, default=HERE / "instructions.json")
    parser.add_argument("--renew", action="store_true", help="keep what is counted now")
    args = parser.parse_args()
    if shutil.which("valgrind", path=ENVIRONMENT["PATH"]) is None:
        skip("there is no valgrind: cmake/install-packages.sh cmake/test-packages.txt")
    build = build_of(args.bin.resolve().parent)
    counts = {}
    for part in PARTS:
        counts[part], cpu = count(args.bin.resolve() / "instructions_bench", part, args.segments)
    place = f"{build}, {cpu}"
    all_kept = json.loads(args.kept.read_text()) if args.kept.exists() else {}
    kept = all_kept.get(place, {})
    ratios = {part: n / counts["reference"] for part, n in counts.items()}
    print(f"{place}\n{'part':12}{'a record':>12}{'ratio':>9}")
    for part, n in counts.items():
        print(f"{part:12}{n:12.0f}{ratios[part]:9.3f}  {judged(ratios[part], kept.get(part)):42}{PARTS[part]}")
    if args.json:
        args.json.write_text(json.dumps({"build": place, "instructions": counts, "ratios": ratios}, indent=1) + "\n")
    if args.renew:
        args.kept.write_text(json.dumps({**all_kept, place: {part: round(ratio, 3) for part, ratio in ratios.items()}}, indent=1) + "\n")
    elif not kept:
        skip("no ratios are kept for such a build on such a CPU; --renew keeps these")
    elif any(ratio > kept[part] * (1 + MARGIN) for part, ratio in ratios.items()):
        sys.exit("more than 5 % above what is kept")


if __name__ == "__main__":
    main()
