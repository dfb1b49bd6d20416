#!/usr/bin/env python3
"""Reports as documents: what stands on paper is what the CSV has, and where no font has Chinese characters the hub says so."""
import csv
import os
import pathlib
import shutil
import subprocess
import unittest

from programs import Programs, inspection

LATIN = pathlib.Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")  # of fonts-dejavu-core, which fontconfig depends on


def shown(name, value):
    """A cell of the CSV as a person reads it."""
    if value in ("", "true", "false"):
        return {"": "", "true": "是", "false": ""}[value]
    if name.endswith(("_rate", "_low", "_high")):
        return f"{float(value) * 100:.1f}%"
    return f"{float(value):g}" if name.startswith("median") else value.strip()


class Pdf(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init", "--host", "127.0.0.1")
        id = "I610404-01"
        self.hub("station", "add", id, "--name", "渭城一站", "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", "https://127.0.0.1:1")
        self.save(id, *(inspection(id, n, plate=f"陕D0T{n:03}") for n in range(1, 9)))
        self.station(id, "queue", "export", self.dir / f"{id}.ndjson")
        self.hub("import", self.dir / f"{id}.ndjson")

    def lines(self, *report, **more):
        file = self.dir / "report.pdf"
        self.hub("report", *report, "--pdf", file, **more)
        text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
        return [line.split() for line in text.splitlines() if line.strip()]

    def test_a_document_has_the_cells_of_the_csv(self):
        for report in ("counties", "stations", "non-returns"):
            rows = list(csv.DictReader(self.hub("report", report, "--csv").lstrip("\ufeff").splitlines()))
            self.assertTrue(rows or report == "non-returns")
            lines = self.lines(report)
            said = [[cell for cell in line if cell != "–"] for line in lines]  # CSV does not tell what is missing from what is empty
            for row in rows:
                cells = [shown(name, value) for name, value in row.items()]
                self.assertIn([cell for cell in cells if cell], said, report)
            self.assertIn(["行数", "/", "rows", str(len(rows))], lines)
            self.assertTrue(any("H610400-01" in line for line in lines))
            self.assertIn("制表：", lines[-2])

    def test_without_a_font_for_chinese_it_says_what_to_install_and_leaves_the_file(self):
        fonts, file = self.dir / "fonts", self.dir / "kept.pdf"
        fonts.mkdir()
        (self.dir / "fonts.conf").write_text(f"<fontconfig><dir>{fonts}</dir><cachedir>{self.dir / 'cache'}</cachedir></fontconfig>")
        file.write_text("kept")
        for font in (None, LATIN):
            if font:
                shutil.copy(font, fonts)
            said = self.hub("report", "counties", "--pdf", file, expect=1, env={**os.environ, "FONTCONFIG_FILE": str(self.dir / "fonts.conf")})
            self.assertIn("no_chinese_font", said)
            self.assertLess(said.index("没有装带汉字的字体"), said.index("fonts-noto-cjk"))
            self.assertEqual(file.read_text(), "kept")


if __name__ == "__main__":
    if not shutil.which("pdftotext"):
        print("skipped: no poppler-utils here; ./test installs it")
        raise SystemExit(77)
    unittest.main()
