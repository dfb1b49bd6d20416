#!/usr/bin/env python3
"""What an officer's spreadsheet makes of a report's CSV: no text of a station becomes a formula, no id a number."""
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ET

from programs import Programs, inspection

NS = {"o": "urn:oasis:names:tc:opendocument:xmlns:office:1.0", "t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
      "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}


def cells(path):
    """Rows of a flat ODF sheet: (type, formula, text) a cell."""
    rows = []
    for row in ET.parse(path).iterfind(".//t:table-row", NS):
        rows.append([(c.get(f"{{{NS['o']}}}value-type"), c.get(f"{{{NS['t']}}}formula"), "".join(c.itertext()))
                     for c in row.iterfind("t:table-cell", NS)])
    return rows


class Csv(Programs):
    def test_a_station_named_as_a_formula_stays_a_text(self):
        self.hub("init", "--host", "127.0.0.1")
        for number, name in enumerate(('=HYPERLINK("http://127.0.0.1","x")', "@SUM(1+1)"), 1):
            id = f"I610404-0{number}"
            self.hub("station", "add", id, "--name", name, "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", "https://127.0.0.1:1")
            self.save(id, inspection(id, number))
            self.station(id, "queue", "export", self.dir / f"{id}.ndjson")
            self.hub("import", self.dir / f"{id}.ndjson")
        (self.dir / "stations.csv").write_bytes(self.hub("report", "stations", "--csv").encode())
        subprocess.run([SOFFICE, f"-env:UserInstallation=file://{self.dir}/office", "--headless", "--convert-to", "fods",
                        "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true", "--outdir", self.dir,
                        self.dir / "stations.csv"], check=True, timeout=120, stdout=subprocess.DEVNULL)
        rows = cells(self.dir / "stations.fods")
        names = {row[0][2].strip(): row[1] for row in rows[1:] if row and row[0][2]}
        self.assertEqual({"I610404-01", "I610404-02"}, set(names))
        for kind, formula, text in names.values():
            self.assertEqual(("string", None), (kind, formula), text)
        self.assertTrue(all(formula is None for row in rows for _, formula, _ in row))
        self.assertEqual("float", rows[1][3][0], "a count is a number")


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
if __name__ == "__main__":
    if not SOFFICE:
        print("skipped: no LibreOffice here; ./test installs it")
        raise SystemExit(77)
    unittest.main()
