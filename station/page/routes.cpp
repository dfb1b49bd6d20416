#include "station/page/routes.hpp"

#include <cassert>

namespace imloop::station::page {
namespace {

std::size_t size_of(const std::map<std::string, std::string>& form) {
    std::size_t out = 0;
    for (const auto& [name, text] : form) out += name.size() + text.size();
    return out;
}

/// Within a path that may have a query and a place in the page already.
std::string with_kept(const std::string& path, const std::string& id) {
    const auto place = path.find('#');
    const auto front = path.substr(0, place);
    return front + (front.find('?') == std::string::npos ? "?kept=" : "&kept=") + id +
           (place == std::string::npos ? "" : path.substr(place));
}

}  // namespace

std::string Kept::keep(std::map<std::string, std::string> form, Told told) {
    form.erase("token");
    bytes_ += size_of(form);
    entries_.push_back({new_token(), std::move(form), std::move(told)});
    while (entries_.size() > entries_max || (bytes_ > bytes_max && entries_.size() > 1)) {
        bytes_ -= size_of(entries_.front().form);
        entries_.pop_front();
    }
    return entries_.back().id;
}

const Kept::Entry* Kept::find(std::string_view id) const {
    for (const auto& entry : entries_)
        if (entry.id == id) return &entry;
    return nullptr;
}

void Kept::each_latest(const std::function<bool(const Entry&)>& seen) const {
    for (auto it = entries_.rbegin(); it != entries_.rend() && seen(*it); ++it) {
    }
}

void Routes::add(Routes other) {
    shows.merge(other.shows);
    acts.merge(other.acts);
    calls.merge(other.calls);
    assert(other.shows.empty() && other.acts.empty() && other.calls.empty());  // a path means one thing
}

Answer answered(const Routes& routes, Kept& kept, Request r) {
    if (r.method == "POST") {
        if (const auto call = routes.calls.find(r.path); call != routes.calls.end()) return call->second(r);
        const auto act = routes.acts.find(r.path);
        if (act == routes.acts.end()) return routes.none(r);
        auto next = act->second(r);
        assert(next.path.starts_with('/'));
        return see_other(next.told ? with_kept(next.path, kept.keep(std::move(r.form), std::move(*next.told)))
                                   : next.path);
    }
    if (r.method != "GET" && r.method != "HEAD") return routes.none(r);
    if (const auto it = r.query.find("kept"); it != r.query.end())
        if (const auto* entry = kept.find(it->second)) r.form = entry->form, r.told = entry->told;
    if (const auto show = routes.shows.find(r.path); show != routes.shows.end()) return show->second(r);
    // An address that a form was sent to, typed or found in the history.
    if (routes.acts.contains(r.path)) return see_other("/");
    return routes.none(r);
}

}  // namespace imloop::station::page
