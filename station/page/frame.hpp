// What every local page has: the station's name, the tabs, one line of how things stand, the language.
#pragma once

#include <string>
#include <vector>

#include "station/page/server.hpp"
#include "station/page/told.hpp"

namespace imloop::station::page {

/// A state has a word, a shape and a colour, in that order of importance.
struct State {
    std::string word;
    const char* shape = "none";  ///< of shapes.svg
    Tone tone = Tone::none;
    std::string reason;  ///< one sentence
    std::string next;    ///< what goes on by itself, or what to do
};

/// Shape and word in the line.
Html status_word(const State&);
Html shape(const char* name, const char* css = "icon");

struct Tab {
    const char* path;
    std::string_view name;
};

struct Frame {
    std::string station_name, station_id;
    std::vector<Tab> tabs;
    State state;  ///< shown as a strip on every tab but the first
    std::string token;
};

/// A whole page. `title` is the page's; `path` the tab it belongs to.
Answer page(const Frame&, const Request&, std::string_view path, std::string_view title, const Html& body);

}  // namespace imloop::station::page
