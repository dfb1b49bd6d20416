#include "loop/rules/listed.hpp"

#include "loop/rows/key.hpp"

namespace imloop::loop::rules {

std::string listed_as(const Record& r) { return key_of(r.fact.occurred_at, r.fact.record_id); }

void each_listed(const Sums& sums, std::string_view unit, const std::function<bool(const Listed&)>& visit) {
    sums.each_word(unit, [&](std::string_view word, std::int64_t) {
        KeyReader parts(word);
        Listed listed{parts.number(), {}};
        listed.id = parts.text();
        return visit(listed);
    });
}

void each_record(const Sums& sums, std::string_view unit, const std::function<bool(const Record&)>& visit) {
    each_listed(sums, unit, [&](const Listed& listed) {
        const auto record = sums.record(listed.id);
        return !record || visit(*record);
    });
}

std::optional<Record> first_record(const Sums& sums, std::string_view unit) {
    std::optional<Record> out;
    each_record(sums, unit, [&](const Record& r) { return out = r, false; });
    return out;
}

void add_often(std::string_view tag, Often often, Cells& cells) { cells[key_of(tag, -often.times, often.what)] = 1; }

std::vector<Often> most_often(const Sums& sums, std::string_view tag, double times_min) {
    std::vector<Often> out;
    sums.each_cell(key_of(tag), [&](std::string_view cell, std::int64_t) {
        KeyReader parts(cell);
        Often often{0, -parts.number()};
        often.what = parts.number();
        if (static_cast<double>(often.times) < times_min) return false;
        out.push_back(often);
        return true;
    });
    return out;
}

}  // namespace imloop::loop::rules
