// Small XLSX files made in a test, part by part, so that each test can have the form it is about.
#pragma once

#include <zip.h>

#include <fstream>
#include <map>
#include <string>

#include "tests/support/files.hpp"

namespace imloop::test {

using Parts = std::map<std::string, std::string>;

inline std::string zip_of(const Parts& parts) {
    const TempDir dir;
    const auto file = (dir.path() / "made.zip").string();
    int error = 0;
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE, &error);
    if (archive == nullptr) throw std::runtime_error("no zip");
    for (const auto& [name, text] : parts) {
        zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
        if (zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) throw std::runtime_error("no part");
    }
    if (zip_close(archive) != 0) throw std::runtime_error("no zip");
    return read_file(file);
}

/// One sheet; `more` goes behind <sheetData>. Cell styles: 0 general, 1 date (built in), 2 date and time (own format),
/// 3 money.
inline Parts workbook(const std::string& rows, const std::string& more = {}) {
    const std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    return {
        {"xl/workbook.xml", xml + "<workbook xmlns=\"m\" xmlns:r=\"r\"><workbookPr/><sheets><sheet name=\"结算\" "
                                  "sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         xml + "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/worksheet\" "
               "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://x/styles\" "
               "Target=\"styles.xml\"/></Relationships>"},
        {"xl/styles.xml", xml + "<styleSheet><numFmts count=\"2\"><numFmt numFmtId=\"176\" "
                                "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\\ h:mm:ss;@\"/><numFmt "
                                "numFmtId=\"177\" formatCode=\"[Red]&quot;days&quot;#,##0.00\"/></numFmts><cellXfs><xf "
                                "numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"177\"/>"
                                "</cellXfs></styleSheet>"},
        {"xl/worksheets/sheet1.xml",
         xml + "<worksheet xmlns=\"m\"><sheetData>" + rows + "</sheetData>" + more + "</worksheet>"},
    };
}

/// <row> of inline strings, from column A on.
inline std::string text_row(int number, const std::vector<std::string>& cells) {
    std::string out = "<row r=\"" + std::to_string(number) + "\">";
    for (const auto& cell : cells) out += "<c t=\"inlineStr\"><is><t>" + cell + "</t></is></c>";
    return out + "</row>";
}

}  // namespace imloop::test
