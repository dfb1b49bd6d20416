#include "station/intake/shop/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "loop/vehicle/text.hpp"
#include "station/ids.hpp"
#include "station/intake/outcome/fault_codes.hpp"
#include "station/intake/outcome/fields.hpp"
#include "station/intake/shop/vehicle.hpp"
#include "station/intake/shop/words.hpp"
#include "station/intake/shop/work.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t description_most = 2000;

OrderState state_of(const ShopColumn& column, const std::string& word) {
    if (column.field == "is_settled") return settled_state(word);
    return column.field == "is_void" ? void_state(word) : order_state(word);
}

ShopQuestion question_of(const ShopColumn& column, const std::string& word) {
    return {"status:" + word,
            fmt::format("「{}」里的「{}」：车修好了吗？", column.header, word),
            fmt::format("\"{}\" in column {}: is that a finished repair?", word, column.header),
            {{"skip", "没有修好或不算，不导入", "No, don't import"}, {"finished", "修好了，导入", "Yes, import"}}};
}

class Order {
public:
    Order(const Table& table, const ShopColumns& columns, const std::string& station_id,
          const std::vector<const Row*>& rows, const ShopAnswers& answers, ShopOrder& out)
        : reading_(table, columns, rows, answers, out), station_id_(station_id), out_(out) {}

    void read() {
        if (!is_finished()) return;
        const auto vehicle = read_vehicle(reading_);
        const auto received = reading_.time("received_at"), settled = reading_.time("settled_at");
        const auto total = reading_.cents("total_fee");
        const auto number = number_in("work_order_no"), report = number_in("fail_report_no"),
                   certificate = number_in("certificate_no");
        if (!total && !station_id_.starts_with('B')) reading_.need("total_fee");
        if (!received) reading_.need("received_at");
        if (!settled) reading_.need("settled_at");
        auto work = read_work(reading_, total);
        if (work.items.empty()) reading_.need("item_name");
        if (!out_.problems.empty() || !received || !settled || !number) return;

        const auto received_at = loop::format_moment(received->at), settled_at = loop::format_moment(settled->at);
        out_.record_id = uuid7_of(settled->at, station_id_ + "\nrepair\n" + *number + "\n" + received_at);
        Json r = {{"schema", "imloop/repair/1"},
                  {"record_id", out_.record_id},
                  {"station_id", station_id_},
                  {"occurred_at", settled_at}};
        if (settled->day_only) r["time_precision"] = "day";
        r["vehicle"] = vehicle;
        r["work_order_no"] = *number;
        const auto fault = described();
        put_report(r, report, fault);
        r["received_at"] = received_at;
        r["settled_at"] = settled_at;
        put_mileage(r);
        if (!fault.empty()) r["fault_description"] = reading_.shorter("fault_description", fault, description_most);
        if (const auto codes = fault_codes(); !codes.empty()) r["dtcs_before"] = codes;
        r["items"] = std::move(work.items);
        if (!work.parts.empty()) r["parts"] = std::move(work.parts);
        if (total) r["total_fee"] = shop_yuan(*total);
        if (total && *total == 0)
            reading_.note(*reading_.rows.front(), "total_fee", "defaulted", "是 0，确实免费才这样填",
                          "is 0, which says that the repair was free");
        put_text(r, "technician_id");
        put_text(r, "inspector_id");
        if (certificate) r["certificate_no"] = *certificate;
        put_warranty(r);
        r["outcome"] = "repaired";
        out_.line = r.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

private:
    /// What no word says is finished is no repair.
    bool is_finished() {
        for (const auto* row : reading_.rows)
            for (const auto& column : reading_.columns.used) {
                if (column.field != "status" && column.field != "is_settled" && column.field != "is_void") continue;
                const auto word = shop_cell(*row, column);
                if (!word.empty() && !counts(*row, column, word)) return false;
            }
        return true;
    }

    bool counts(const Row& row, const ShopColumn& column, const std::string& word) {
        const auto refuse = [&](const char* code, const char* zh, const char* en) {
            out_.problems.push_back({row.number, column.header, code, fmt::format(fmt::runtime(zh), word),
                                     fmt::format(fmt::runtime(en), word)});
            return false;
        };
        switch (state_of(column, word)) {
            case OrderState::finished:
                return true;
            case OrderState::withdrawn:
                return refuse("voided", "是「{}」的工单，不导入", "the order is {}, it is not imported");
            case OrderState::unfinished:
                return refuse("not_settled", "是「{}」，还没有结算，不导入；结算后再导出",
                              "is {}: not settled yet, it is not imported; export it again when it is");
            case OrderState::unknown:
                break;
        }
        out_.questions.push_back(question_of(column, word));
        if (answer_to(out_.questions.back(), reading_.answers) == "finished") return true;
        return refuse("status_unknown", "不认识「{}」：不知道车修好没有，没有导入；请回答这个状态算不算修好",
                      "{} is not known: it does not say that the repair is finished, and is not imported; answer "
                      "whether it is");
    }

    std::optional<std::string> number_in(std::string_view field) {
        const auto found = reading_.judged(field, loop::judge_number, loop::normal_text);
        return found ? std::optional(found->value) : std::nullopt;
    }

    void put_text(Json& r, const char* field) {
        const auto said = reading_.first(field);
        if (!said) return;
        if (const auto text = reading_.words(*said->row, field); !text.empty()) r[field] = text;
    }

    /// Of all rows, each text once.
    std::string described() {
        std::string out;
        std::set<std::string> seen;
        for (const auto* row : reading_.rows) {
            const auto text = reading_.words(*row, "fault_description");
            if (!text.empty() && seen.insert(text).second) out += (out.empty() ? "" : "；") + text;
        }
        return out;
    }

    void put_report(Json& r, const std::optional<std::string>& column, const std::string& fault) {
        const auto in_text = report_number_in(fault);
        if (column && in_text && *column != *in_text)
            reading_.note(*reading_.rows.front(), "fail_report_no", "codes_differ",
                          "与故障描述里的报告编码不同，以这一列为准",
                          "differs from the report number in the fault description; the column counts");
        if (column || in_text) r["fail_report_no"] = column ? *column : *in_text;
    }

    void put_mileage(Json& r) {
        const auto said = reading_.first("mileage_km");
        if (!said) return;
        const auto km = shop_number(said->text, "mileage_km", reading_.power("mileage_km"));
        if (km && *km > 0)
            r["mileage_km"] = json_number(*km);
        else
            reading_.left_out(*said->row, "mileage_km", said->text);
    }

    std::vector<std::string> fault_codes() {
        std::vector<std::string> out;
        for (const auto* row : reading_.rows)
            for (const auto& found : fault_codes_in(reading_.words(*row, "dtcs_before")))
                if (std::ranges::find(out, found) == out.end()) out.push_back(found);
        return out;
    }

    void put_warranty(Json& r) {
        ShopWarranty warranty;
        if (const auto said = reading_.first("warranty")) {
            warranty = warranty_in(said->text);
            if (!warranty.days && !warranty.km) reading_.left_out(*said->row, "warranty", said->text);
        }
        if (const auto said = reading_.first("warranty_days"))
            if (const auto days = shop_number(said->text, "warranty_days")) warranty.days = std::llround(*days);
        if (const auto said = reading_.first("warranty_km"))
            if (const auto km = shop_number(said->text, "warranty_km", reading_.power("warranty_km")))
                warranty.km = *km;
        if (warranty.days) r["warranty"]["days"] = *warranty.days;
        if (warranty.km) r["warranty"]["km"] = json_number(*warranty.km);
    }

    ShopReading reading_;
    const std::string& station_id_;
    ShopOrder& out_;
};

}  // namespace

void read_shop_order(const Table& table, const ShopColumns& columns, const std::string& station_id,
                     const std::vector<const Row*>& rows, const ShopAnswers& answers, ShopOrder& out) {
    Order(table, columns, station_id, rows, answers, out).read();
}

}  // namespace imloop::station::intake
