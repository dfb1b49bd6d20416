// A report as a document, for the command line and the console.
#pragma once

#include <string>

#include "hub/answers.hpp"
#include "hub/report/pdf.hpp"

namespace imloop::hub::calls {

/// 413 too_many_rows, 503 no_chinese_font.
Answer document(const Report&, Language, const Heading&, const Closing&, loop::Moment now);
/// The hub's name and id, as its documents bear them.
std::string hub_words(const loop::Projection&, const std::string& id, loop::Moment now);

}  // namespace imloop::hub::calls
