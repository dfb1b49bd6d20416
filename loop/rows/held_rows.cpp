#include "loop/rows/held_rows.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "loop/pack.hpp"
#include "loop/rows/key.hpp"

namespace imloop::loop {
namespace {

void each_once(std::vector<std::string>& keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

HeldRows::HeldRows(std::string_view name, const Rows* rows, RowForm form) : name_(name), rows_(rows), form_(form) {}
HeldRows::HeldRows(HeldRows&&) noexcept = default;
HeldRows& HeldRows::operator=(HeldRows&&) noexcept = default;
HeldRows::~HeldRows() = default;

void HeldRows::erase(std::string_view key) {
    if (!rows_) {
        if (const auto it = held_.find(key); it != held_.end()) held_.erase(it);
        return;
    }
    const auto it = place(key);
    it->second.value.reset();
    note_change(it);
}

void HeldRows::read_ahead(std::vector<std::string> keys) const {
    if (!rows_ || !rows_->reads_sets()) return;
    each_once(keys);
    std::erase_if(keys, [this](const auto& key) { return held_.contains(key); });
    if (keys.empty()) return;
    take(rows_->of_keys(name_, keys));
    for (auto& key : keys) held_.try_emplace(std::move(key));
}

void HeldRows::read_ahead_under(std::vector<std::string> prefixes) const {
    if (!rows_ || !rows_->reads_sets()) return;
    each_once(prefixes);
    std::erase_if(prefixes, [this](const auto& prefix) { return whole_.contains(prefix); });
    if (prefixes.empty()) return;
    take(rows_->under(name_, prefixes));
    whole_.insert(std::make_move_iterator(prefixes.begin()), std::make_move_iterator(prefixes.end()));
}

void HeldRows::hold_under(const std::string& prefix) const {
    if (!rows_ || whole_.contains(prefix)) return;
    take(rows_->range(name_, prefix, end_of(prefix), rows_at_most));
    whole_.insert(prefix);
}

void HeldRows::visit_between(std::string_view from, std::string_view to, const Visit& visit) const {
    if (!rows_ || (whole_.contains(from) && to == end_of(from))) {
        for (auto it = held_.lower_bound(from); it != held_.end() && (to.empty() || it->first < to); ++it)
            if (it->second.value && !visit(it->first, it->second.value.get())) return;
        return;
    }
    // Page by page; what is held here stands for the row of its key.
    std::string next(from);
    auto own = held_.lower_bound(from);
    const auto is_before = [&](const auto& it, std::string_view end) {
        return it != held_.end() && (end.empty() || it->first < end);
    };
    for (;;) {
        const auto page = rows_->range(name_, next, to, rows_a_page);
        const bool is_last = page.size() < rows_a_page;
        for (const auto& [key, bytes] : page) {
            for (; is_before(own, key); ++own)
                if (own->second.value && !visit(own->first, own->second.value.get())) return;
            if (own != held_.end() && own->first == key) {
                if (own->second.value && !visit(key, own->second.value.get())) return;
                ++own;
            } else if (!visit(key, read(bytes).get())) {
                return;
            }
        }
        if (is_last) break;
        next = page.back().first + '\0';
    }
    for (; is_before(own, to); ++own)
        if (own->second.value && !visit(own->first, own->second.value.get())) return;
}

std::vector<std::string> HeldRows::keys(std::string_view prefix) const {
    std::vector<std::string> out;
    visit_between(prefix, end_of(prefix), [&](std::string_view key, const void*) {
        out.emplace_back(key);
        return true;
    });
    return out;
}

bool HeldRows::has_any(std::string_view prefix) const {
    bool found = false;
    visit_between(prefix, end_of(prefix), [&](std::string_view, const void*) {
        found = true;
        return false;
    });
    return found;
}

void HeldRows::write(const RowChanges& changes) {
    const auto hand_on = [&](auto& row) {
        auto& [key, held] = row;
        if (std::exchange(held.is_changed, false))
            changes(name_, key, held.value ? std::optional(form_.written(held.value.get())) : std::nullopt);
    };
    if (!rows_) {
        std::ranges::for_each(held_, hand_on);
        return;
    }
    std::ranges::sort(changed_, {}, [](const auto& it) { return std::string_view(it->first); });
    for (const auto& it : std::exchange(changed_, {})) hand_on(*it);
}

void HeldRows::forget() {
    changed_.clear();
    held_.clear();
    whole_.clear();
}

const void* HeldRows::look(std::string_view key) const {
    const auto it = held_.find(key);
    if (it != held_.end()) return it->second.value.get();
    if (!rows_) return nullptr;
    const auto bytes = rows_->find(name_, key);
    Held& held = held_[std::string(key)];
    if (bytes) held.value = read(*bytes);
    return held.value.get();
}

void* HeldRows::change_held(std::string_view key) {
    if (!look(key)) return nullptr;
    const auto it = held_.find(key);
    note_change(it);
    return it->second.value.get();
}

HeldValue& HeldRows::to_put(std::string_view key) {
    const auto it = place(key);
    note_change(it);
    return it->second.value;
}

/// What is held already stands.
void HeldRows::take(const std::vector<Rows::Row>& rows) const {
    for (const auto& [key, bytes] : rows)
        if (const auto [it, is_new] = held_.try_emplace(key); is_new) it->second.value = read(bytes);
}

void HeldRows::note_change(ByKey::iterator it) {
    const bool was_changed = std::exchange(it->second.is_changed, true);
    if (rows_ && !was_changed) changed_.push_back(it);
}

HeldValue HeldRows::read(std::string_view bytes) const {
    try {
        return form_.read(bytes);
    } catch (const BadPack& e) {
        throw BadRow(std::string(name_) + ": " + e.what());
    }
}

/// Where a row is written that need not be read.
HeldRows::ByKey::iterator HeldRows::place(std::string_view key) {
    const auto it = held_.find(key);
    return it != held_.end() ? it : held_.try_emplace(std::string(key)).first;
}

}  // namespace imloop::loop
