// A record among others on a page.
#pragma once

#include <string>

#include "station/page/site.hpp"

namespace imloop::station::page {

inline constexpr std::size_t page_rows = 50;  ///< of a list on one page

/// The first thing that the hub says is wrong with it; empty where nothing is.
std::string problem_text(const Queued&, const Language&);
/// State, time, what it is with a link to it, receipt or reason; `note` stands under what it is.
Html record_row(Site&, const Queued&, const Language&, const Html& note = {});
Html record_head(const Language&);

}  // namespace imloop::station::page
