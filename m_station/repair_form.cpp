#include "m_station/repair_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loop/tables.hpp"
#include "loop/written/amount.hpp"
#include "loop/written/judgement.hpp"
#include "loop/written/text.hpp"
#include "station/page/members.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using nlohmann::json;
using station::page::Language;

namespace {

std::string field(const Fields& fields, const std::string& name) {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string() : loop::trimmed(it->second);
}

constexpr double number_max = 1e9;  ///< a mileage, a fee, a value: beyond it is a slip of the hand

/// Reads numbers a person typed and remembers which were none.
class Numbers {
public:
    Numbers(const Fields& fields, const Language& words, std::vector<FieldProblem>& problems)
        : fields_(fields), words_(words), problems_(problems) {}
    std::optional<double> at(const std::string& name) { return read(name, loop::decimal_of(field(fields_, name))); }
    /// Days and the like.
    std::optional<std::int64_t> whole(const std::string& name) {
        auto value = loop::decimal_of(field(fields_, name));
        if (value && *value != std::floor(*value)) value.reset();
        const auto number = read(name, value);
        return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
    }
    std::optional<double> yuan(const std::string& name) {
        const auto cents = loop::cents_of(field(fields_, name));
        return read(name, cents ? std::optional(static_cast<double>(*cents) / 100) : std::nullopt);
    }

private:
    std::optional<double> read(const std::string& name, std::optional<double> value) {
        const auto text = field(fields_, name);
        if (text.empty() || (value && *value <= number_max)) return value;
        problems_.push_back(
            {name, fmt::format(fmt::runtime(words_("应是数字，填的是“{}”。", "This should be a number; it says “{}”.")),
                               text)});
        return std::nullopt;
    }

    const Fields& fields_;
    const Language& words_;
    std::vector<FieldProblem>& problems_;
};

const json* row_of(const char* table, const std::string& code) {
    for (const auto& row : loop::rows_of(table))
        if (row.at("code") == code) return &row;
    return nullptr;
}

void add_row(json& record, const Fields& fields, int n, Numbers& numbers, double& sum) {
    const auto name = [&](const char* part) { return fmt::format("{}_{}", part, n); };
    const auto code = field(fields, name("code"));
    if (code.empty()) return;
    const auto price = numbers.yuan(name("price"));
    const auto quantity = numbers.at(name("quantity"));
    if (field(fields, name("kind")) == "part") {
        const auto* row = row_of("parts", code);
        json part{{"name", row ? row->at("zh").get<std::string>() : code}, {"quantity", quantity.value_or(1)}};
        if (price) part["unit_price"] = *price;
        if (const auto origin = field(fields, name("origin")); !origin.empty()) part["origin"] = origin;
        if (const auto serial = field(fields, name("serial")); !serial.empty()) part["serial_no"] = serial;
        sum += price.value_or(0) * quantity.value_or(1);
        record["parts"].push_back(std::move(part));
    } else {
        const auto* row = row_of("repair_items", code);
        json item{{"code", code}};
        if (row) item["name"] = row->at("zh"), item["system"] = row->at("system");
        if (quantity) item["labour_hours"] = *quantity;
        if (price) item["labour_fee"] = *price;
        sum += price.value_or(0);
        record["items"].push_back(std::move(item));
    }
}

void add_readings(json& record, const json& order, Numbers& numbers) {
    const auto failed = failed_readings(order);
    for (std::size_t i = 0; i < failed.size(); ++i) {
        record["readings_before"].push_back(failed[i]);
        const auto value = numbers.at(fmt::format("after_{}", i));
        if (!value) continue;
        json after = failed[i];
        after["value"] = *value;
        after["passed"] = meets_limits(after, *value);
        record["readings_after"].push_back(std::move(after));
    }
}

}  // namespace

std::vector<json> failed_readings(const json& order) {
    std::vector<json> out;
    for (const auto& reading : order.value("readings", json::array()))
        if (!reading.value("passed", true)) out.push_back(reading);
    return out;
}

bool meets_limits(const json& reading, double value) {
    const auto limit = reading.value("limit", json()), low = reading.value("limit_low", json());
    if (low.is_number() && value < low.get<double>()) return false;
    if (!limit.is_number()) return true;
    return reading.value("item", "") == "power" ? value >= limit.get<double>() : value <= limit.get<double>();
}

std::optional<int> price_gap_pct(double charged, double posted) {
    if (posted <= 0 || charged <= 0) return std::nullopt;
    // In fen, so that 120.00 against 100.00 is not beyond a fifth.
    const auto gap = std::llround(charged * 100) - std::llround(posted * 100);
    const double share = static_cast<double>(gap) / static_cast<double>(std::llround(posted * 100));
    if (std::abs(share) <= price_gap_max) return std::nullopt;
    return static_cast<int>(std::lround(share * 100));
}

bool is_required(const std::vector<std::string>& required, std::string_view member) {
    return std::ranges::find(required, member) != required.end();
}

namespace {

/// What the policy asks for and the form lacks, by field.
std::vector<FieldProblem> lacking(const json& order, const Fields& fields, const std::vector<std::string>& required,
                                  const Language& w) {
    std::vector<FieldProblem> out;
    const auto ask = [&](const std::string& name, const std::string& label) {
        if (field(fields, name).empty())
            out.push_back(
                {name, fmt::format(fmt::runtime(w("{}：必填，监管部门要求。", "{}: required by the bureau.")), label)});
    };
    if (is_required(required, "readings_after")) {
        const auto failed = failed_readings(order);
        for (std::size_t i = 0; i < failed.size(); ++i)
            ask(fmt::format("after_{}", i), station::page::item_name(failed[i], w));
    }
    if (is_required(required, "parts/serial_no"))
        for (int n = 0; n < form_rows_max; ++n) {
            if (field(fields, fmt::format("kind_{}", n)) != "part") continue;
            const auto* row = row_of("parts", field(fields, fmt::format("code_{}", n)));
            if (row && row->value("serial", false))
                ask(fmt::format("serial_{}", n), row->at(w.lang == station::page::Lang::zh ? "zh" : "en"));
        }
    for (const auto* name :
         {"mileage_km", "technician_id", "inspector_id", "certificate_no", "fault_description", "quoted_fee"})
        if (is_required(required, name)) ask(name, station::page::member_name(name, w));
    if (is_required(required, "warranty")) ask("warranty_days", station::page::member_name("warranty", w));
    return out;
}

}  // namespace

Repair repair_of(const json& order, const Fields& fields, loop::Moment settled_at, const std::string& work_order_no,
                 const Language& w, const std::vector<std::string>& required) {
    Repair out;
    auto& r = out.record;
    Numbers numbers(fields, w, out.problems);
    const auto outcome = field(fields, "outcome");
    r = {{"vehicle", order.value("vehicle", json::object())}, {"outcome", outcome}};
    if (const auto own = field(fields, "work_order_no"); !own.empty())
        r["work_order_no"] = own;
    else
        r["work_order_no"] = work_order_no;
    if (order.contains("report_no")) r["fail_report_no"] = order["report_no"];
    const auto received = loop::parse_moment(field(fields, "received_at")).value_or(settled_at);
    r["received_at"] = loop::format_moment(std::min(received, settled_at));
    r["settled_at"] = loop::format_moment(settled_at);
    add_readings(r, order, numbers);
    if (const auto dtcs = order.value("obd", json::object()).value("dtcs", json::array()); !dtcs.empty()) {
        r["dtcs_before"] = dtcs;
        if (!field(fields, "dtcs_cleared").empty()) r["dtcs_after"] = json::array();
    }
    for (const auto* name : {"work_order_no", "certificate_no"})
        if (const auto number = loop::judge_number(field(fields, name)); number.fit == loop::Fit::refused) {
            const auto words = loop::judgement_words(number.code);
            out.problems.push_back({name, std::string(w(words.zh, words.en))});
        }
    double sum = 0;
    for (int n = 0; n < form_rows_max; ++n) add_row(r, fields, n, numbers, sum);
    if (!field(fields, fmt::format("code_{}", form_rows_max)).empty())
        out.problems.push_back(
            {"search", fmt::format(fmt::runtime(w("一张工单最多 {} 行，请分成两张。",
                                                  "An order has {} rows at most: make two of this one.")),
                                   form_rows_max)});
    for (const auto* name : {"fault_description", "technician_id", "inspector_id", "certificate_no"})
        if (const auto text = field(fields, name); !text.empty()) r[name] = text;
    if (const auto km = numbers.at("mileage_km")) r["mileage_km"] = *km;
    if (const auto fee = numbers.yuan("quoted_fee")) r["quoted_fee"] = *fee;
    json warranty = json::object();
    if (const auto days = numbers.whole("warranty_days")) warranty["days"] = *days;
    if (const auto km = numbers.at("warranty_km")) warranty["km"] = *km;
    if (!warranty.empty()) r["warranty"] = warranty;
    const auto total = numbers.yuan("total_fee");
    if (total)
        r["total_fee"] = *total;
    else if (sum > 0)
        r["total_fee"] = std::round(sum * 100) / 100;
    else if (outcome != "repaired")
        r["total_fee"] = 0.0;
    else if (std::ranges::find(out.problems, "total_fee", &FieldProblem::field) == out.problems.end())
        out.problems.push_back({"total_fee", std::string(w("请填合计金额。", "Give the total."))});
    if (outcome == "repaired" && !r.contains("items"))
        out.problems.insert(out.problems.begin(),
                            {"search", std::string(w("请至少填一个维修项目。", "Name at least one repair."))});
    if (outcome == "repaired")
        for (auto& problem : lacking(order, fields, required, w)) out.problems.push_back(std::move(problem));
    return out;
}

}  // namespace imloop::m_station
