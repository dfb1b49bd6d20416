#!/usr/bin/env python3
"""What an officer's spreadsheet makes of a report's CSV and workbook: no text of a station becomes a formula, no id a number."""
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ET

from programs import Programs, inspection

NS = {"o": "urn:oasis:names:tc:opendocument:xmlns:office:1.0", "t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
      "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}


def sheets(path):
    """Rows of each sheet of a flat ODF file that have a first cell: (type, formula, text) a cell."""
    out = []
    for table in ET.parse(path).iterfind(".//t:table", NS):
        rows = [[(c.get(f"{{{NS['o']}}}value-type"), c.get(f"{{{NS['t']}}}formula"), "".join(c.itertext()).strip())
                 for c in row.iterfind("t:table-cell", NS) for _ in range(min(int(c.get(f"{{{NS['t']}}}number-columns-repeated", 1)), 100))]
                for row in table.iterfind(".//t:table-row", NS)]
        out.append([row for row in rows if row and row[0][2]])
    return out


def by_column(rows):
    return [dict(zip((text for _, _, text in rows[0]), row)) for row in rows[1:]]


class Csv(Programs):
    def opened(self, *report):
        """A report's CSV as LibreOffice reads it, by column."""
        (self.dir / "report.csv").write_bytes(self.hub("report", *report, "--csv").encode())
        return by_column(self.converted("report.csv", "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true")[0])

    def opened_book(self, *report):
        """The rows of a report's workbook by column, and what its second sheet says."""
        self.hub("report", *report, "--xlsx", self.dir / "report.xlsx")
        rows, about = self.converted("report.xlsx")
        return by_column(rows), {row[0][2]: row[1] for row in about}

    def converted(self, name, *how):
        subprocess.run([SOFFICE, f"-env:UserInstallation=file://{self.dir}/office", "--headless", "--convert-to", "fods", *how,
                        "--outdir", self.dir, self.dir / name], check=True, timeout=120, stdout=subprocess.DEVNULL)
        out = sheets(self.dir / "report.fods")
        self.assertTrue(all(formula is None for rows in out for row in rows for _, formula, _ in row))
        return out

    def test_what_a_station_wrote_stays_a_text(self):
        self.hub("init", "--host", "127.0.0.1")
        written = {}
        for number, (name, report_no) in enumerate((('=HYPERLINK("http://127.0.0.1","x")', "=1+1"), ("@SUM(1+1)", "61040426031102")), 1):
            id = f"I610404-0{number}"
            written[id] = name, report_no
            self.hub("station", "add", id, "--name", name, "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", "https://127.0.0.1:1")
            self.save(id, {**inspection(id, number, plate="陕D0T001"), "report_no": report_no})
            self.station(id, "queue", "export", self.dir / f"{id}.ndjson")
            self.hub("import", self.dir / f"{id}.ndjson")
        stations = self.opened("stations")
        self.assertEqual(["I610404-01"], [row["station_id"][2] for row in stations])
        self.assertEqual(("string", None, "'" + written["I610404-01"][0]), stations[0]["name"])
        self.assertEqual("float", stations[0]["failed"][0], "a count is a number")
        story = self.opened("vehicle", "--plate", "陕D0T001")
        self.assertEqual(["'=1+1", "61040426031102"], [row["number"][2].strip() for row in story])
        self.assertEqual({"string"}, {row["number"][0] for row in story})
        counties = self.opened("counties")
        self.assertIn(("string", "610404"), [(row["county"][0], row["county"][2].strip()) for row in counties])

        # A workbook has types: what a station wrote stands there as it is.
        stations, about = self.opened_book("stations")
        self.assertEqual(written["I610404-01"][0], stations[0]["名称"][2])
        self.assertEqual(("float", "1"), (stations[0]["不合格车"][0], stations[0]["不合格车"][2]))
        self.assertEqual(("percentage", "0.0%"), (stations[0]["进站维修率"][0], stations[0]["进站维修率"][2]))
        self.assertEqual(str(len(stations)), about["行数 / rows"][2])
        story, _ = self.opened_book("vehicle", "--plate", "陕D0T001")
        self.assertEqual([("string", "=1+1"), ("string", "61040426031102")], [row["编号"][0:3:2] for row in story])


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
if __name__ == "__main__":
    if not SOFFICE:
        print("skipped: no LibreOffice here; ./test installs it")
        raise SystemExit(77)
    unittest.main()
