// A first mapping of a table, from the names its columns have (schemas/tables/test_columns.json). Only what is certain
// by name is mapped; the rest is said in `to_do`.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "loop/vehicle/text.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/profiles/mapping.hpp"
#include "station/intake/profiles/time_form.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t header_looked_for = 10, values_shown = 30;

const Json& names() {
    static const Json all = Json::parse(schemas::table_text("test_columns"));
    return all;
}

struct Heading {
    std::string text;   ///< as in the file
    std::string plain;  ///< normal form without what stands in brackets
    std::string unit;   ///< what stands in brackets
};

Heading heading_of(const std::string& cell) {
    Heading out{tidy(cell), {}, {}};
    const auto half = half_width(out.text);
    const auto open = half.rfind('(');
    if (open != std::string::npos && open > 0 && half.ends_with(')'))
        out.unit = half.substr(open + 1, half.size() - open - 2);
    out.plain = loop::normal_text(out.unit.empty() ? half : half.substr(0, open));
    return out;
}

bool is_named(const Heading& heading, const Json& aliases) {
    return std::ranges::any_of(aliases, [&](const Json& alias) {
        const auto name = loop::normal_text(alias.get<std::string>());
        return name == heading.plain || name == loop::normal_text(heading.text);
    });
}

/// The first heading by one of the names, the most formal name first.
const Heading* find(const std::vector<Heading>& header, const Json& aliases) {
    for (const auto& alias : aliases)
        for (const auto& heading : header)
            if (is_named(heading, Json::array({alias}))) return &heading;
    return nullptr;
}

class Drafting {
public:
    explicit Drafting(const Table& table) : table_(table) {}

    journal::Result<std::string> draft() {
        find_header();
        if (best_ == 0)
            return journal::Error("no_header", "没有认识的列名，请自己写映射",
                                  "no column has a known name, write the mapping yourself");
        Json out = {{"about", "draft / 草稿"}, {"header_row", table_.rows[row_].number}, {"times", {"any"}}};
        head();
        readings();
        out["codes"] = codes_;
        out["head"] = head_;
        out["readings"] = readings_;
        for (const auto& heading : header_)
            if (!heading.text.empty() && !used_.contains(heading.text))
                to_do("列 " + heading.text + " 没有用到", "column " + heading.text + " is not used");
        out["to_do"] = to_do_;
        return out.dump(2) + "\n";
    }

private:
    void to_do(const std::string& zh, const std::string& en) { to_do_.push_back(zh + " / " + en); }

    void find_header() {
        for (std::size_t i = 0; i < std::min(header_looked_for, table_.rows.size()); ++i) {
            std::vector<Heading> header;
            for (const auto& cell : table_.rows[i].cells) header.push_back(heading_of(cell));
            std::size_t known = 0;
            for (const auto& row : names().at("head"))
                if (find(header, row.at("aliases")) != nullptr) ++known;
            for (const auto& row : names().at("readings"))
                if (find(header, row.at("value")) != nullptr) ++known;
            if (known <= best_) continue;
            best_ = known;
            row_ = i;
            header_ = std::move(header);
        }
    }

    std::vector<std::string> values_of(const Heading& heading) const {
        const auto column = static_cast<std::size_t>(&heading - header_.data());
        std::vector<std::string> out;
        for (std::size_t i = row_ + 1; i < table_.rows.size() && out.size() < values_shown; ++i) {
            if (column >= table_.rows[i].cells.size()) continue;
            const auto value = tidy(table_.rows[i].cells[column]);
            if (!value.empty() && std::ranges::find(out, value) == out.end()) out.push_back(value);
        }
        return out;
    }

    void head() {
        static const std::set<std::string> required = {"report_no", "started_at", "ended_at",
                                                       "reason",    "method",     "verdict"};
        for (const auto& row : names().at("head")) {
            const std::string code = row.at("code");
            const auto* heading = find(header_, row.at("aliases"));
            if (heading == nullptr) {
                if (required.contains(code))
                    to_do(code + " 没有找到对应的列，请写列名或 constant",
                          "no column was found for " + code + ", name one or write a constant");
                continue;
            }
            used_.insert(heading->text);
            head_[code] = heading->text;
            const auto* target = known_target(code);
            if (target->form == Form::code) code_table(code, *heading);
            if (target->form != Form::time) continue;
            for (const auto& value : values_of(*heading))
                if (const auto time = read_time(value, {"any"}, "+08:00"); !time || time->day_only) {
                    to_do(fmt::format("列 {} 的时间看不懂，请写 times: {}", heading->text, value),
                          fmt::format("times of {} can't be read, say their form in times: {}", heading->text, value));
                    break;
                }
        }
    }

    /// Each value in the column with our code where its word is known, else null.
    void code_table(const std::string& code, const Heading& heading) {
        const auto& words = names().at("words");
        const auto list = code.substr(code.rfind('.') + 1);
        if (!words.contains(list)) return;
        Json table = Json::object();
        for (const auto& value : values_of(heading)) {
            table[value] = nullptr;
            for (const auto& [word, ours] : words.at(list).items())
                if (loop::normal_text(word) == loop::normal_text(value)) table[value] = ours;
            if (table[value].is_null())
                to_do("代码表 " + list + " 的 " + value + " 请写成规范的代码",
                      "write the contract's code for " + value + " in the code table " + list);
        }
        codes_[list] = std::move(table);
        head_[code] = {{"column", heading.text}, {"codes", list}};
    }

    std::optional<double> factor_of(const Heading& heading, const std::string& unit) {
        const auto said = loop::normal_text(heading.unit);
        if (heading.unit.empty()) return 1;
        for (const auto& row : names().at("units"))
            if (row.at("unit") == unit)
                for (const auto& [name, factor] : row.at("factors").items())
                    if (name == heading.unit || (!said.empty() && loop::normal_text(name) == said))
                        return factor.get<double>();
        return std::nullopt;
    }

    void readings() {
        for (const auto& row : names().at("readings")) {
            const auto* value = find(header_, row.at("value"));
            if (value == nullptr) continue;
            used_.insert(value->text);
            Json reading = {
                {"item", row.at("item")}, {"phase", row.at("phase")}, {"unit", row.at("unit")}, {"value", value->text}};
            for (const auto* name : {"limit", "limit_low", "passed"}) {
                const auto* heading = row.contains(name) ? find(header_, row.at(name)) : nullptr;
                if (heading == nullptr) continue;
                used_.insert(heading->text);
                reading[name] = heading->text;
            }
            const auto factor = factor_of(*value, row.at("unit"));
            if (!factor)
                to_do("列 " + value->text + " 的单位应换算成 " + row.at("unit").get<std::string>() + "，请写 factor",
                      "the unit of " + value->text + " must become " + row.at("unit").get<std::string>() +
                          ", write a factor");
            else if (*factor != 1)
                reading["factor"] = *factor;
            readings_.push_back(std::move(reading));
        }
        if (readings_.empty()) to_do("没有找到测量值的列", "no column of a measured value was found");
    }

    const Table& table_;
    std::size_t row_ = 0, best_ = 0;
    std::vector<Heading> header_;
    std::set<std::string> used_;
    Json head_ = Json::object(), readings_ = Json::array(), codes_ = Json::object(), to_do_ = Json::array();
};

}  // namespace

journal::Result<std::string> draft_mapping(const Table& table) { return Drafting(table).draft(); }

}  // namespace imloop::station::intake
