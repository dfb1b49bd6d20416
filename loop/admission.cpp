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

using nlohmann::json;
using record::Fault;
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

/// Schema, source and semantics of one record; its meaning is only judged where its form is right.
void check_record(Kind kind, const json& r, std::string_view source, Moment received_at, const std::string& at,
                  Faults& faults) {
    const auto before = faults.size();
    record::schema_of(kind).check(r, at, faults);
    record::check_source(kind, r, source, at, faults);
    const auto is_error = [](const Fault& f) { return !f.warning; };
    if (std::any_of(faults.begin() + static_cast<std::ptrdiff_t>(before), faults.end(), is_error)) return;
    record::check_semantics(kind, r, source, received_at, at, faults);
}

std::optional<Kind> check_kind(const json& r, const std::string& at, Faults& faults) {
    const auto schema = r.find("schema");
    if (schema == r.end()) {
        faults.push_back({at + "/schema", "member_missing"});
        return std::nullopt;
    }
    const auto kind = record::kind_of(r);
    if (!kind) faults.push_back({at + "/schema", "unknown_schema"});
    return kind;
}

void check_replacement(const json& r, std::string_view source, Moment received_at, Faults& faults) {
    const auto whole = r.find("replacement");
    if (whole == r.end() || !whole->is_object()) return;
    const std::string at = "/replacement";
    const auto kind = check_kind(*whole, at, faults);
    if (!kind) return;
    if (*kind == Kind::correction) {
        faults.push_back({at + "/schema", "correction_of_correction"});
        return;
    }
    check_record(*kind, *whole, source, received_at, at, faults);
    const auto id = whole->find("record_id"), corrects = r.find("corrects");
    if (id != whole->end() && corrects != r.end() && *id != *corrects)
        faults.push_back({at + "/record_id", "replacement_id_differs"});
}

/// The id, where it is a well-formed one.
std::optional<std::string> record_id_of(const json& r) {
    const auto id = r.find("record_id");
    if (id == r.end() || !id->is_string() || !is_uuid7(id->get_ref<const std::string&>())) return std::nullopt;
    return id->get<std::string>();
}

}  // namespace

Admitted admit(std::string_view line, std::string_view source, Moment received_at) {
    Admitted out;
    Faults faults;
    auto parsed = record::parse(line);
    out.json = std::move(parsed.json);
    if (!parsed.code.empty()) {
        faults.push_back({parsed.pointer, parsed.code});
    } else if (!out.json.is_object()) {
        faults.push_back({"", "wrong_type", "object"});
    } else {
        out.record_id = record_id_of(out.json);
        out.kind = check_kind(out.json, "", faults);
        if (out.kind) {
            check_record(*out.kind, out.json, source, received_at, "", faults);
            if (out.kind == Kind::correction) check_replacement(out.json, source, received_at, faults);
        } else if (!out.json.contains("record_id")) {
            faults.push_back({"/record_id", "member_missing"});
        }
    }
    const Day day = day_of(received_at);
    std::erase_if(faults, [&](const Fault& fault) { return since(fault.code) > day; });
    for (const auto& fault : faults) (fault.warning ? out.warnings : out.problems).push_back(problem(fault));
    if (out.problems.empty()) record::read_into(out);
    return out;
}

Admitted reread(std::string_view line, bool accepted) {
    Admitted out;
    // By the same parser as at first: a line that had no record_id then has none now.
    out.json = record::parse(line).json;
    if (!out.json.is_object()) return out;
    out.record_id = record_id_of(out.json);
    out.kind = record::kind_of(out.json);
    if (accepted) record::read_into(out);
    return out;
}

}  // namespace imloop::loop
