#include "loop/identity_plate.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace imloop::loop {
bool kinds_agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

void IdentityTimes::add(std::string_view group, Moment from, Moment to) {
    assert(!group.empty() && from <= to);
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

std::string_view IdentityTimes::group_at(Moment from, Moment to) const {
    // Whatever has ended before had begun by then: the difference of both counts, and of both sums, is of those that
    // have records on both sides.
    const auto begun = std::ranges::upper_bound(begins_, to, {}, &Edge::at) - begins_.begin();
    const auto ended = std::ranges::lower_bound(ends_, from, {}, &Edge::at) - ends_.begin();
    assert(ended <= begun);
    const auto sum = [](const std::vector<Edge>& edges, std::ptrdiff_t count) {
        return count == 0 ? 0 : edges[static_cast<std::size_t>(count - 1)].sum;
    };
    if (begun - ended == 1) return groups_[sum(begins_, begun) - sum(ends_, ended)];
    if (begun - ended > 1) return {};

    const auto after = tos_.lower_bound(from);
    const auto past = froms_.upper_bound(to);
    const auto* first = after == tos_.end() ? nullptr : &after->second;
    const auto* last = past == froms_.begin() ? nullptr : &std::prev(past)->second;
    if ((first != nullptr && first->size() > 1) || (last != nullptr && last->size() > 1)) return {};
    if (last == nullptr) return first == nullptr ? std::string_view() : *first->begin();
    return first == nullptr || *first == *last ? *last->begin() : std::string_view();
}

IdentityPlateRows::IdentityPlateRows(std::string plate, std::vector<IdentityBearer> bearers,
                                     std::set<std::string> kinds)
    : plate_(std::move(plate)), bearers_(std::move(bearers)), bare_kinds_(std::move(kinds)), all_kinds_(bare_kinds_) {
    for (const auto& bearer : bearers_)
        for (const auto& [kind, count] : bearer.node->plates.at(plate_))
            if (kind.empty())
                kindless_vin_ = true;
            else
                vin_kinds_.insert(kind);
    all_kinds_.insert(vin_kinds_.begin(), vin_kinds_.end());
}

const IdentityTimes& IdentityPlateRows::times(const std::string& kind) const {
    const auto [it, is_new] = times_.try_emplace(kind);
    if (!is_new) return it->second;
    for (const auto& bearer : bearers_)
        for (const auto* r : bearer.records)
            if (kinds_agree(r->kind, kind)) it->second.add(bearer.group, r->from(), r->to());
    it->second.finish();
    return it->second;
}

const std::vector<IdentityPlateRows::Failure>& IdentityPlateRows::failures(const std::string& number) const {
    static const std::vector<Failure> none;
    if (!failures_) {
        auto& by_number = failures_.emplace();
        for (const auto& bearer : bearers_)
            for (const auto* r : bearer.records)
                for (const auto* own : {&r->report_no, &r->acceptance_no})
                    if (r->plate == plate_ && !own->empty()) by_number[*own].push_back({r, bearer.group});
    }
    const auto found = failures_->find(number);
    return found == failures_->end() ? none : found->second;
}

IdentityHome IdentityPlateRows::home_by_itself(const IdentityRecord& r) const {
    assert(r.vin.empty() && r.plate == plate_);
    const bool several_kinds_possible = r.kind.empty() && all_kinds_.size() > 1;
    const bool borne = kindless_vin_ || (r.kind.empty() ? !vin_kinds_.empty() : vin_kinds_.contains(r.kind));
    if (!several_kinds_possible && !borne)
        return {IdentityGroup::of_plate(plate_, r.kind.empty() && !bare_kinds_.empty() ? *bare_kinds_.begin() : r.kind),
                5};
    const auto group = several_kinds_possible ? std::string_view() : times(r.kind).group_at(r.from(), r.to());
    if (group.empty()) return {IdentityGroup::of_record(r.id), 8};
    return {std::string(group), 3};
}

IdentityHome IdentityPlateRows::home(const IdentityRecord& r,
                                     const std::vector<const IdentityRecord*>& failures_without_vin) const {
    IdentityHome own = home_by_itself(r);
    if (r.fail_report_no.empty()) return own;
    std::set<std::string> named;
    for (const auto& failure : failures(r.fail_report_no))
        if (kinds_agree(failure.record->kind, r.kind)) named.emplace(failure.group);
    for (const auto* failure : failures_without_vin)
        if (kinds_agree(failure->kind, r.kind)) named.insert(home_by_itself(*failure).group);
    if (named.size() != 1 || *named.begin() == own.group) return own;
    return {*named.begin(), 3};
}

}  // namespace imloop::loop
