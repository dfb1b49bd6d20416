// Which page or act a request means. A page is read; an act does what a form asks and says where the browser goes then
// (303), so that reload, back and a second tab never send a form again. What an act has to say, with what was typed,
// waits for the page it leads to. Used by one thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "station/page/server.hpp"
#include "station/page/told.hpp"

namespace imloop::station::page {

/// Where an act leads: a path of this program without anything personal, and what is said there.
struct Next {
    std::string path;
    std::optional<Told> told = {};
};

/// What was typed and what was said of it, by a number that stands in the page's address; the latest ones, in memory.
class Kept {
public:
    static constexpr std::size_t entries_max = 64;
    static constexpr std::size_t bytes_max = 32 * 1024 * 1024;  ///< of forms, in all

    struct Entry {
        std::string id;
        std::map<std::string, std::string> form;
        Told told;
    };
    /// Gives the id. The oldest go where there are too many or they are too large together.
    std::string keep(std::map<std::string, std::string> form, Told);
    /// nullptr where it is not kept (any more).
    const Entry* find(std::string_view id) const;
    /// The latest first, as long as `seen` says to go on.
    void each_latest(const std::function<bool(const Entry&)>& seen) const;

private:
    std::deque<Entry> entries_;
    std::size_t bytes_ = 0;
};

struct Routes {
    using Show = std::function<Answer(const Request&)>;
    using Act = std::function<Next(const Request&)>;
    std::map<std::string, Show, std::less<>> shows;  ///< GET
    std::map<std::string, Act, std::less<>> acts;    ///< POST of a form
    std::map<std::string, Show, std::less<>> calls;  ///< POST of a program or a script, which stay where they are
    Show none;                                       ///< of what there is not

    /// Those of another one beside these.
    void add(Routes);
};

/// Of a GET with `kept` in its address the form that led here and what is said of it come along in the request.
Answer answered(const Routes&, Kept&, Request);

}  // namespace imloop::station::page
