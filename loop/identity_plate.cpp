#include "loop/identity_plate.hpp"

#include <algorithm>
#include <cassert>

#include "loop/identity_state.hpp"

namespace imloop::loop {
namespace {

bool kinds_agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

}  // namespace

void IdentityTimes::add(IdentityGroup* group, Moment from, Moment to) {
    assert(group != nullptr && from <= to);
    froms_[from].insert(group);
    tos_[to].insert(group);
    const auto [it, is_new] = spans_.try_emplace(group, Span{from, to});
    it->second = {std::min(it->second.first_from, from), std::max(it->second.last_to, to)};
}

void IdentityTimes::finish() {
    for (const auto& [group, span] : spans_) {
        begins_.push_back({span.first_from, groups_.size()});
        ends_.push_back({span.last_to, groups_.size()});
        groups_.push_back(group);
    }
    for (auto* edges : {&begins_, &ends_}) {
        std::ranges::sort(*edges, {}, &Edge::at);
        std::size_t sum = 0;
        for (auto& edge : *edges) edge.sum = sum += edge.group;
    }
}

IdentityGroup* IdentityTimes::group_at(Moment from, Moment to) const {
    // Whatever has ended before had begun by then: the difference of both counts, and of both sums, is of those that
    // have records on both sides.
    const auto begun = std::ranges::upper_bound(begins_, to, {}, &Edge::at) - begins_.begin();
    const auto ended = std::ranges::lower_bound(ends_, from, {}, &Edge::at) - ends_.begin();
    assert(ended <= begun);
    const auto sum = [](const std::vector<Edge>& edges, std::ptrdiff_t count) {
        return count == 0 ? 0 : edges[static_cast<std::size_t>(count - 1)].sum;
    };
    if (begun - ended == 1) return groups_[sum(begins_, begun) - sum(ends_, ended)];
    if (begun - ended > 1) return nullptr;

    const auto after = tos_.lower_bound(from);
    const auto past = froms_.upper_bound(to);
    const auto* first = after == tos_.end() ? nullptr : &after->second;
    const auto* last = past == froms_.begin() ? nullptr : &std::prev(past)->second;
    if ((first != nullptr && first->size() > 1) || (last != nullptr && last->size() > 1)) return nullptr;
    if (last == nullptr) return first == nullptr ? nullptr : *first->begin();
    return first == nullptr || *first == *last ? *last->begin() : nullptr;
}

IdentityPlateRows::IdentityPlateRows(std::string plate, std::vector<Bearer> bearers, std::set<std::string> kinds)
    : plate_(std::move(plate)), bearers_(std::move(bearers)), bare_kinds_(std::move(kinds)), all_kinds_(bare_kinds_) {
    for (const auto& [node, group] : bearers_)
        for (const auto& [kind, count] : node->plates.at(plate_))
            if (kind.empty())
                kindless_vin_ = true;
            else
                vin_kinds_.insert(kind);
    all_kinds_.insert(vin_kinds_.begin(), vin_kinds_.end());
}

const IdentityTimes& IdentityPlateRows::times(const std::string& kind) const {
    const auto [it, is_new] = times_.try_emplace(kind);
    if (!is_new) return it->second;
    for (const auto& [node, group] : bearers_)
        for (const auto* r : node->records)
            if ((r->plate == plate_ || r->new_plate == plate_) && kinds_agree(r->kind, kind))
                it->second.add(group, r->from, r->to);
    it->second.finish();
    return it->second;
}

IdentityHome IdentityPlateRows::home(const IdentityRecord& r) const {
    assert(r.vin.empty() && r.plate == plate_);
    const bool several_kinds_possible = r.kind.empty() && all_kinds_.size() > 1;
    const bool borne = kindless_vin_ || (r.kind.empty() ? !vin_kinds_.empty() : vin_kinds_.contains(r.kind));
    IdentityHome home;
    if (several_kinds_possible)
        home.lone = &r;
    else if (!borne)
        home.kind = r.kind.empty() && !bare_kinds_.empty() ? *bare_kinds_.begin() : r.kind;
    else if (home.group = times(r.kind).group_at(r.from, r.to); home.group == nullptr)
        home.lone = &r;
    return home;
}

const std::vector<const IdentityRecord*>& IdentityPlateRows::failures(const std::string& number) const {
    static const std::vector<const IdentityRecord*> none;
    if (!failures_) {
        auto& by_number = failures_.emplace();
        for (const auto& [node, group] : bearers_)
            for (const auto* r : node->records)
                for (const auto* own : {&r->report_no, &r->acceptance_no})
                    if (r->plate == plate_ && !own->empty()) by_number[*own].push_back(r);
    }
    const auto found = failures_->find(number);
    return found == failures_->end() ? none : found->second;
}

std::set<std::string> IdentityPlate::kinds_given() const {
    std::set<std::string> out;
    for (const auto& [kind, count] : kinds) out.insert(kind);
    return out;
}

std::optional<IdentityHome> IdentityPlate::named(
    const IdentityRecord& repair, const IdentityPlateRows& by,
    const std::function<IdentityHome(const IdentityRecord&)>& home_of) const {
    if (repair.fail_report_no.empty()) return std::nullopt;
    std::set<IdentityHome> homes;
    const auto look = [&](const IdentityRecord* failure) {
        if (kinds_agree(failure->kind, repair.kind)) homes.insert(home_of(*failure));
    };
    std::ranges::for_each(by.failures(repair.fail_report_no), look);
    if (const auto bare = failures.find(repair.fail_report_no); bare != failures.end())
        std::ranges::for_each(bare->second, look);
    if (homes.size() != 1) return std::nullopt;
    return *homes.begin();
}

}  // namespace imloop::loop
