// 批量导入 as the browser shows it: a file's orders row by row, what is asked of a person, and the buttons.
#pragma once

#include "m_station/import_plan.hpp"
#include "station/page/site.hpp"

namespace imloop::m_station {

/// The chosen file: its name, what was answered and the sheet that was asked for (0: the first with orders).
struct ImportFile {
    std::string name;
    std::size_t sheet = 0;
    station::intake::ShopAnswers answers;
};

/// The answers and the sheet are what the form `/import/answers` posts: `q.` before each key, `sheet`.
station::page::Html import_preview(const station::page::Site&, const station::page::Request&, const ImportFile&,
                                   const ImportPlan&);
/// Of a file that can't be imported as it is: why, and what an answer or another sheet may mend.
station::page::Html import_refused(const station::page::Site&, const station::page::Request&, const ImportFile&,
                                   const journal::Error&, const station::intake::Table* table);

}  // namespace imloop::m_station
