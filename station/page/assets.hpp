// What the pages load beside their HTML, built into the program.
#pragma once

#include <string_view>

namespace imloop::station::page {

struct Asset {
    std::string_view type;  ///< MIME
    std::string_view text;
};
/// Of a path as `/assets/station.css`; nullptr where there is none.
const Asset* asset_named(std::string_view path);

}  // namespace imloop::station::page
