// Markup of the local pages, and texts in their two languages.
#pragma once

#include <string_view>

#include "markup/html.hpp"

namespace imloop::station::page {

using markup::escaped;
using markup::Html;
using markup::html;

/// Chinese or English; a text without its translation does not compile.
enum class Lang { zh, en };
struct Language {
    Lang lang = Lang::zh;
    std::string_view operator()(std::string_view zh, std::string_view en) const { return lang == Lang::zh ? zh : en; }
};

}  // namespace imloop::station::page
