#!/usr/bin/env python3
"""A second reader of stored process data: the CSV of a test out of a hub's database, in plain Python beside the program zstd.

  read_process_data.py hub.sqlite SHA256      prints the CSV
Exit code 1 where there is none of this digest, or its bytes are not those that the digest names. The form: journal/table_bytes.cpp.
"""
import contextlib
import hashlib
import sqlite3
import subprocess
import sys


def unzstd(stored):
    return subprocess.run(["zstd", "-dcq"], input=stored, stdout=subprocess.PIPE, check=True).stdout


class Bytes:
    def __init__(self, bytes):
        self.rest = bytes

    def take(self, size):
        out, self.rest = self.rest[:size], self.rest[size:]
        return out

    def number(self):
        out = shift = 0
        while True:
            byte = self.take(1)[0]
            out |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return out


def number_words(whole, decimals, trimmed):
    digits = str(abs(whole)).rjust(decimals + 1, "0")
    fraction = digits[len(digits) - decimals:]
    if trimmed:
        fraction = fraction.rstrip("0")
    return (b"-" if whole < 0 else b"") + digits[:len(digits) - decimals].encode() + (b"." + fraction.encode() if fraction else b"")


def column(of, rows):
    kind = of.number()
    above, out = 0, []
    for _ in range(rows):
        token = of.number()
        if kind == 0:
            out.append(of.take(token))
        elif token == 0:
            out.append(b"")
        else:
            above += -((token - 1) >> 1) if (token - 1) & 1 else (token - 1) >> 1
            out.append(number_words(above, (kind - 1) // 2, (kind - 1) % 2 == 1))
    return out


def csv_of(stored):
    if stored[:1] != b"\x01":
        return unzstd(stored)
    of = Bytes(unzstd(stored[1:]))
    columns, lines = of.number(), of.number()
    cells = [column(of, lines >> 1) for _ in range(columns)]
    text = b"".join([of.rest, b"\n", *(b",".join(row) + b"\n" for row in zip(*cells))])
    return text if lines & 1 else text[:-1]


def read(database, sha256):
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT bytes FROM traces WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        return None
    csv = csv_of(row[0])
    return csv if hashlib.sha256(csv).hexdigest() == sha256 else None


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = read(*sys.argv[1:])
    if found is None:
        sys.exit("no whole process data of this digest")
    sys.stdout.buffer.write(found)
