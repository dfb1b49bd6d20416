#include "loop/admission.hpp"

#include <algorithm>
#include <map>

#include "loop/record/parse.hpp"
#include "loop/record/reading.hpp"
#include "loop/record/schema.hpp"
#include "loop/record/semantics.hpp"
#include "loop/record/uuid.hpp"
#include "loop/tables.hpp"

namespace imloop::loop {
namespace {

using record::Fault;
using record::Value;
using Faults = std::vector<Fault>;

std::string filled(std::string text, std::string_view mark, std::string_view value) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
        text.replace(at, mark.size(), value);
    return text;
}

/// The day the rule that gives this problem began (`since` of the table).
Day since(const std::string& code) {
    static const auto days = [] {
        std::map<std::string, Day> out;
        for (const auto& row : rows_of("problems"))
            out.emplace(row.at("code"), parse_day(row.at("since").get<std::string>()).value());
        return out;
    }();
    return days.at(code);
}

Problem problem(const Fault& fault) {
    const Words words = problem_words(fault.code).value_or(Words{fault.code, fault.code});
    const std::string name = fault.pointer.empty() ? "/" : fault.pointer;
    const auto fill = [&](const std::string& text) {
        return filled(filled(text, "{name}", name), "{want}", fault.want);
    };
    return {fault.pointer, fault.code, fill(words.zh), fill(words.en)};
}

bool is_error(const Fault& fault) { return !fault.warning; }

bool is_right_by_schema(Kind kind, const Value& r) {
    Faults faults;
    record::schema_of(kind).check(r, "", faults);
    return std::ranges::none_of(faults, is_error);
}

/// Schema, source and semantics of one record; its meaning is only judged where its form is right. Whether it is right
/// by its schema.
bool check_record(Kind kind, const Value& r, std::string_view source, Moment received_at, const std::string& at,
                  Faults& faults) {
    const auto before = static_cast<std::ptrdiff_t>(faults.size());
    const auto is_right = [&] { return std::none_of(faults.begin() + before, faults.end(), is_error); };
    record::schema_of(kind).check(r, at, faults);
    const bool is_right_by_schema = is_right();
    record::check_source(kind, r, source, at, faults);
    if (is_right()) record::check_semantics(kind, r, source, received_at, at, faults);
    return is_right_by_schema;
}

std::optional<Kind> check_kind(const Value& r, const std::string& at, Faults& faults) {
    if (!r.contains("schema")) {
        faults.push_back({at + "/schema", "member_missing"});
        return std::nullopt;
    }
    const auto kind = record::kind_of(r);
    if (!kind) faults.push_back({at + "/schema", "unknown_schema"});
    return kind;
}

void check_replacement(const Value& r, std::string_view source, Moment received_at, Faults& faults) {
    const auto* whole = r.find("replacement");
    if (!whole || !whole->is_object()) return;
    const std::string at = "/replacement";
    const auto kind = check_kind(*whole, at, faults);
    if (!kind) return;
    if (const auto code = record::not_corrected(*kind); !code.empty()) {
        faults.push_back({at + "/schema", std::string(code)});
        return;
    }
    check_record(*kind, *whole, source, received_at, at, faults);
    const auto *id = whole->find("record_id"), *corrects = r.find("corrects");
    if (id && corrects && id->text() != corrects->text())
        faults.push_back({at + "/record_id", "replacement_id_differs"});
}

/// Of any line that is an object: its id where it is a well-formed one, its kind, the station it names.
void read_head(const Value& r, Admitted& out) {
    const auto id = r.text_of("record_id");
    if (is_uuid7(id)) out.record_id = id;
    out.kind = record::kind_of(r);
    out.station_named = r.text_of("station_id");
}

}  // namespace

Admitted admit(std::string_view line, std::string_view source, Moment received_at) {
    Admitted out;
    Faults faults;
    const auto parsed = record::parse(line);
    const Value& r = parsed.json;
    bool is_test = false;
    if (!parsed.code.empty()) {
        faults.push_back({parsed.pointer, parsed.code});
    } else if (!r.is_object()) {
        faults.push_back({"", "wrong_type", "object"});
    } else {
        read_head(r, out);
        if (const auto kind = check_kind(r, "", faults)) {
            const bool is_right = check_record(*kind, r, source, received_at, "", faults);
            is_test = is_right && kind == Kind::inspection;
            if (kind == Kind::correction) check_replacement(r, source, received_at, faults);
        } else if (!r.contains("record_id")) {
            faults.push_back({"/record_id", "member_missing"});
        }
    }
    const Day day = day_of(received_at);
    std::erase_if(faults, [&](const Fault& fault) { return since(fault.code) > day; });
    for (const auto& fault : faults) (fault.warning ? out.warnings : out.problems).push_back(problem(fault));
    if (out.problems.empty() || is_test) record::read_into(out, r);
    return out;
}

Admitted reread(std::string_view line, bool accepted) {
    Admitted out;
    // By the same reader as at first: a line that had no record_id then has none now.
    const auto parsed = record::parse(line);
    if (!parsed.json.is_object()) return out;
    read_head(parsed.json, out);
    if (accepted || (out.kind == Kind::inspection && is_right_by_schema(Kind::inspection, parsed.json)))
        record::read_into(out, parsed.json);
    return out;
}

}  // namespace imloop::loop
