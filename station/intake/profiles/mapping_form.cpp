#include "station/intake/profiles/mapping_form.hpp"

#include <algorithm>
#include <array>

#include "loop/tables.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t samples_shown = 3, words_shown = 30;

std::string column_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object() && value.contains("column") && value["column"].is_string())
        return value["column"].get<std::string>();
    return {};
}

bool has_only(const Json& value, std::initializer_list<std::string_view> may) {
    return !value.is_object() || std::ranges::all_of(value.items(), [&](const auto& member) {
        return std::ranges::find(may, member.key()) != may.end();
    });
}

class Showing {
public:
    Showing(const Table& table, const Json& mapping) : mapping_(mapping) {
        out_.rest = mapping.is_object() ? mapping : Json::object();
        columns(table);
        if (mapping_.contains("head"))
            for (const auto& [name, value] : mapping_["head"].items()) head(name, value);
        if (mapping_.contains("readings"))
            for (const auto& one : mapping_["readings"]) reading(one);
        // Words of the table that the mapping has not yet.
        for (std::size_t i = 0; i < out_.columns.size(); ++i) {
            auto& use = out_.columns[i];
            if (code_choices(use.to).empty()) continue;
            for (const auto& word : values_[i])
                if (std::ranges::find(use.codes, word, &std::pair<std::string, std::string>::first) == use.codes.end())
                    use.codes.emplace_back(word, "");
        }
        rest();
    }

    MappingForm run() && { return std::move(out_); }

private:
    void columns(const Table& table) {
        const auto number = mapping_.value("header_row", std::size_t{0});
        const auto header = number == 0 ? table.rows.begin() : std::ranges::find(table.rows, number, &Row::number);
        if (header == table.rows.end()) return;
        out_.header_row = header->number;
        for (std::size_t i = 0; i < header->cells.size(); ++i) {
            ColumnUse use;
            use.column = tidy(header->cells[i]);
            if (use.column.empty()) continue;
            std::vector<std::string> values;
            for (auto row = header + 1; row != table.rows.end() && values.size() < words_shown; ++row) {
                const auto value = i < row->cells.size() ? tidy(row->cells[i]) : std::string();
                if (!value.empty() && std::ranges::find(values, value) == values.end()) values.push_back(value);
            }
            use.samples.assign(values.begin(),
                               values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), samples_shown)));
            out_.columns.push_back(std::move(use));
            values_.push_back(std::move(values));
        }
    }

    ColumnUse* free_column(const std::string& name) {
        const auto found = std::ranges::find(out_.columns, name, &ColumnUse::column);
        return name.empty() || found == out_.columns.end() || !found->to.empty() ? nullptr : &*found;
    }

    void head(const std::string& name, const Json& value) {
        if (value.is_object() && value.contains("constant") && value.size() == 1 && value["constant"].is_string()) {
            out_.constants[name] = value["constant"].get<std::string>();
            out_.rest["head"].erase(name);
            return;
        }
        auto* use = has_only(value, {"column", "codes"}) ? free_column(column_of(value)) : nullptr;
        if (use == nullptr) return;
        use->to = name;
        if (value.is_object() && value.contains("codes")) {
            const auto& codes =
                value["codes"].is_string()
                    ? mapping_.value("codes", Json::object()).value(value["codes"].get<std::string>(), Json::object())
                    : value["codes"];
            for (const auto& [word, ours] : codes.items())
                use->codes.emplace_back(word, ours.is_string() ? ours.get<std::string>() : "");
        }
        out_.rest["head"].erase(name);
    }

    void reading(const Json& one) {
        static constexpr std::array parts{"value", "limit", "limit_low", "passed"};
        bool shows_all = has_only(one, {"item", "phase", "unit", "value", "limit", "limit_low", "passed", "factor"});
        for (const auto* part : parts)
            if (one.contains(part))
                shows_all =
                    shows_all && has_only(one[part], {"column"}) && free_column(column_of(one[part])) != nullptr;
        if (!shows_all) {
            kept_.push_back(one);
            return;
        }
        for (const auto* part : parts) {
            if (!one.contains(part)) continue;
            auto* use = free_column(column_of(one[part]));
            if (use == nullptr) continue;
            use->to = one.value("item", "") + "/" + one.value("phase", "") + "/" + one.value("unit", "");
            use->part = part;
            use->factor = one.value("factor", 1.0);
        }
    }

    void rest() {
        out_.group_by = mapping_.value("group_by", "");
        if (mapping_.contains("times") && mapping_["times"].is_array()) {
            out_.times.clear();
            for (const auto& form : mapping_["times"])
                if (form.is_string()) out_.times += (out_.times.empty() ? "" : "; ") + form.get<std::string>();
        }
        for (const auto* shown : {"header_row", "group_by", "times", "to_do", "about", "readings"})
            out_.rest.erase(shown);
        if (!kept_.empty()) out_.rest["readings"] = kept_;
        if (out_.rest.contains("head") && out_.rest["head"].empty()) {
            out_.rest.erase("head");
            out_.rest.erase("codes");
        }
    }

    const Json& mapping_;
    MappingForm out_;
    std::vector<std::vector<std::string>> values_;
    Json kept_ = Json::array();
};

}  // namespace

std::vector<Choice> head_choices() {
    static const auto all = [] {
        std::vector<Choice> out;
        const auto table = Json::parse(schemas::table_text("test_columns"));
        for (const auto& row : table.at("head")) out.push_back({row.at("code"), row.at("zh"), row.at("en")});
        return out;
    }();
    return all;
}

std::vector<Choice> code_choices(const std::string& member) {
    const auto* target = known_target(member);
    std::vector<Choice> out;
    if (target == nullptr || target->form != Form::code) return out;
    const auto by_term = [&](std::initializer_list<const char*> codes) {
        for (const auto* code : codes) {
            const auto words = loop::term(code);
            out.push_back({code, words.zh, words.en});
        }
    };
    if (target->list == "reason")
        by_term({"periodic", "initial", "retest", "roadside", "spot_check", "comparison"});
    else if (target->list == "verdict")
        by_term({"pass", "fail", "aborted"});
    else
        for (const auto& row : loop::rows_of(target->list)) out.push_back({row.at("code"), row.at("zh"), row.at("en")});
    return out;
}

bool is_reading(std::string_view to) { return to.find('/') != std::string_view::npos; }

std::vector<std::string> reading_of(const std::string& to) {
    const auto first = to.find('/'), second = to.find('/', first + 1);
    if (second == std::string::npos) return {to, "", ""};
    return {to.substr(0, first), to.substr(first + 1, second - first - 1), to.substr(second + 1)};
}

MappingForm form_of(const Table& table, const Json& mapping) { return Showing(table, mapping).run(); }

Json mapping_of(const MappingForm& form) {
    Json out = form.rest;
    out["header_row"] = form.header_row;
    out["times"] = Json::array();
    for (std::size_t at = 0; at < form.times.size();) {
        const auto end = std::min(form.times.find(';', at), form.times.size());
        if (auto one = tidy(form.times.substr(at, end - at)); !one.empty()) out["times"].push_back(std::move(one));
        at = end + 1;
    }
    if (out["times"].empty()) out["times"] = {"any"};
    if (!form.group_by.empty()) out["group_by"] = form.group_by;
    if (!out.contains("head")) out["head"] = Json::object();
    for (const auto& [member, constant] : form.constants)
        if (!constant.empty()) out["head"][member] = {{"constant", constant}};
    Json readings = out.value("readings", Json::array());
    std::map<std::string, std::size_t> known;
    for (const auto& use : form.columns) {
        if (use.to.empty()) continue;
        if (!is_reading(use.to)) {
            if (use.codes.empty()) {
                out["head"][use.to] = use.column;
                continue;
            }
            Json codes = Json::object();
            for (const auto& [word, ours] : use.codes) codes[word] = ours.empty() ? Json() : Json(ours);
            out["head"][use.to] = {{"column", use.column}, {"codes", std::move(codes)}};
            continue;
        }
        const auto [at, is_new] = known.emplace(use.to, readings.size());
        if (is_new) {
            const auto parts = reading_of(use.to);
            readings.push_back({{"item", parts[0]}, {"phase", parts[1]}, {"unit", parts[2]}});
        }
        auto& reading = readings[at->second];
        reading[use.part] = use.column;
        if (use.factor != 1) reading["factor"] = use.factor;
    }
    out["readings"] = std::move(readings);
    return out;
}

}  // namespace imloop::station::intake
