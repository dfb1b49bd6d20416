#include "hub/calls/document.hpp"

#include <fmt/format.h>

namespace imloop::hub::calls {

Answer document(const Report& report, Language language, const Heading& heading, const Closing& closing,
                loop::Moment now) {
    if (report.rows.size() > pdf_rows_max)
        return problem(413, {"too_many_rows", fmt::format("PDF 最多 {} 行，请缩小条件，或用 XLSX", pdf_rows_max),
                             fmt::format("a PDF has {} rows at most: narrow the filter, or take XLSX", pdf_rows_max)});
    try {
        return {200, std::string(pdf_type), as_pdf(report, language, heading, closing, now / 1000), {}};
    } catch (const NoChineseFont&) {
        return problem(503,
                       {"no_chinese_font",
                        "这台计算机没有装带汉字的字体，PDF 印不出汉字。请装 fonts-noto-cjk 或 fonts-wqy-microhei "
                        "再试；服务在运行的，装好后重启它",
                        "no font with Chinese characters is installed here, a PDF would show boxes. Install "
                        "fonts-noto-cjk or fonts-wqy-microhei and try again; a hub that serves has to be restarted"});
    }
}

std::string hub_words(const loop::Projection& projection, const std::string& id, loop::Moment now) {
    const auto view = projection.stations().at(id, now);
    return view && !view->name.empty() ? view->name + " " + id : id;
}

}  // namespace imloop::hub::calls
