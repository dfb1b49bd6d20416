#include "station/archive/repair.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "loop/admission.hpp"
#include "loop/record/text.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/written/amount.hpp"
#include "loop/written/judgement.hpp"
#include "station/intake/outcome/fields.hpp"
#include "station/intake/shop/values.hpp"
#include "station/intake/shop/words.hpp"

namespace imloop::station::archive {
namespace {

using Json = nlohmann::ordered_json;
using intake::json_number;

/// More hours for one item are its price.
constexpr double hours_most = 48;
constexpr double mileage_most = 3'000'000;
constexpr std::size_t kept_message_bytes = 4096, description_most = 2000, item_most = 200, code_most = 64;
/// Texts that software or habit puts in and that say nothing of a fault.
constexpr std::string_view generic_faults[] = {"常规维修", "车主自行保养", "常规保养", "日常维修"};
/// Where software that knows the fee puts it; what was charged before what was paid.
constexpr const char* fee_members[] = {"total_fee", "totalfee", "sum.cost", "sum", "cost", "sum.realcost", "realcost"};
constexpr const char* kept_members[] = {"vehicleplatenumber",
                                        "vehicleplatecolor",
                                        "companyname",
                                        "vin",
                                        "repairdate",
                                        "settledate",
                                        "repairmileage",
                                        "faultdescription",
                                        "costlistcode",
                                        "test_no",
                                        "total_fee",
                                        "totalfee",
                                        "sum",
                                        "sum.cost",
                                        "sum.realcost",
                                        "cost",
                                        "realcost"};

/// U+FFFD stands where bytes were no character.
bool is_damaged(std::string_view text) { return text.find("\xEF\xBF\xBD") != std::string_view::npos; }

Json yuan(std::int64_t cents) {
    if (cents % 100 == 0) return cents / 100;
    return static_cast<double>(cents) / 100;
}

class Reader {
public:
    Reader(const Message& message, const ArchiveShop& shop, const std::string& source)
        : message_(message), shop_(shop), source_(source) {}

    ArchiveOrder read(loop::Moment now) {
        out_.withdrawn = message_.value("recallresult") == "1";
        read_number();
        const Json vehicle = read_vehicle();
        out_.vehicle = name_of(nlohmann::json(vehicle));
        if (out_.withdrawn) return out_;
        Json r = record(vehicle);
        if (!out_.refusal.empty()) return out_;
        out_.line = r.dump(-1, ' ', false, Json::error_handler_t::replace);
        const auto admitted = loop::admit(out_.line, source_, now);
        for (const auto& p : admitted.problems) refuse(p.zh, p.en);
        if (!out_.refusal.empty()) out_.line.clear(), out_.record_id.clear();
        return out_;
    }

private:
    void refuse(const std::string& zh, const std::string& en) {
        out_.refusal += (out_.refusal.empty() ? "" : "；") + zh + " / " + en;
    }
    void finding(std::string_view member, std::string_view code, std::string_view found) {
        Json one{{"member", member}, {"code", code}};
        if (!found.empty()) one["found"] = intake::shortened(found, name_cut);
        if (std::ranges::find(quality_, one) == quality_.end()) quality_.push_back(std::move(one));
    }

    /// Remembers where something was sent that says nothing, or whose characters did not come whole.
    std::string value(const Row& row, const std::string& name) {
        const auto it = row.find(name);
        auto out = value_in(row, name);
        if (it != row.end() && out.empty() && !intake::tidy(it->second).empty()) finding(name, "blank", it->second);
        if (is_damaged(out)) finding(name, "damaged", out);
        return out;
    }
    std::string value(const std::string& name) { return value(message_.members, name); }

    std::string name_in(const Row& row, const std::string& name) {
        auto out = value(row, name);
        if (loop::record::characters(out) == name_cut) finding(name, "cut", out);
        return intake::shortened(out, item_most);
    }

    std::optional<intake::ShopTime> time(const std::string& name) {
        const auto text = value(name);
        if (text.empty()) return std::nullopt;
        static const loop::Day serial_zero = loop::parse_day("1899-12-30").value();
        const auto out = intake::shop_time(text, serial_zero);
        if (!out) refuse("看不懂日期 " + name + "「" + text + "」，应是 yyyyMMdd", name + " is no day, write yyyyMMdd");
        return out;
    }

    Json record(const Json& vehicle) {
        const auto settled = time("settledate");
        auto received = time("repairdate");
        if (!settled && message_.value("settledate").empty())
            refuse("缺少结算日期 settledate", "settledate is missing");
        const auto fault = value("faultdescription");
        Json items = read_items(fault), parts = read_parts();
        const auto fee = read_fee();
        if (!out_.refusal.empty() || !settled) return {};
        if (!received) {
            received = intake::ShopTime{loop::start_of(loop::day_of(settled->at)), true};
            finding("repairdate", "defaulted", "");
        }
        // Its station's id stands for the company's code, as in every intake.
        const auto received_at = loop::format_moment(received->at), settled_at = loop::format_moment(settled->at);
        Json r = {{"schema", "imloop/repair/1"},
                  {"record_id", ""},
                  {"station_id", shop_.station_id},
                  {"occurred_at", settled_at}};
        if (settled->day_only) r["time_precision"] = "day";
        r["vehicle"] = vehicle;
        r["work_order_no"] = out_.number;
        put_report(r, fault);
        r["received_at"] = received_at;
        r["settled_at"] = settled_at;
        put_mileage(r);
        put_fault(r, fault);
        r["items"] = std::move(items);
        if (!parts.empty()) r["parts"] = std::move(parts);
        if (fee) r["total_fee"] = yuan(*fee);
        r["outcome"] = "repaired";
        out_.record_id = numbered_id(nlohmann::json(r));
        r["record_id"] = out_.record_id;
        check_company();
        r["archive"] = {{"company_code", shop_.company_code}};
        if (!quality_.empty()) r["quality"] = quality_;
        if (Json kept = kept_message(); kept.dump().size() <= kept_message_bytes)
            r["archive_message"] = std::move(kept);
        return r;
    }

    void read_number() {
        const auto number = loop::judge_number(message_.value("costlistcode"));
        const auto words = loop::judgement_words(number.code);
        out_.number = intake::half_width(number.value);
        if (number.fit == loop::Fit::none)
            refuse("缺少结算清单编号 costlistcode", "costlistcode is missing");
        else if (number.fit == loop::Fit::refused)
            refuse("结算清单编号 costlistcode：" + words.zh, "costlistcode: " + words.en);
        else if (loop::record::characters(out_.number) > code_most || is_damaged(out_.number))
            refuse("结算清单编号 costlistcode 过长或有损坏的字符，请作为文字上传",
                   "costlistcode is too long or damaged: send it as text");
        if (number.fit == loop::Fit::doubtful) finding("costlistcode", number.code, message_.value("costlistcode"));
    }

    /// What can't be a VIN or a plate, or did not come whole, is left out: the other one of them finds the vehicle.
    Json read_vehicle() {
        Json out = Json::object();
        std::string zh, en;
        const auto put = [&](const char* member, const char* sent, const loop::Judgement& judged) {
            const auto text = value(sent);
            if (is_damaged(text)) {
                zh += "有字符损坏：请用 UTF-8 重新上传。";
                en += " A character is damaged: send it again as UTF-8.";
                return;
            }
            if (!judged.code.empty()) finding(sent, judged.code, text);
            if (judged.fit == loop::Fit::refused) {
                const auto words = loop::judgement_words(judged.code);
                zh += words.zh;
                en += " " + words.en;
            } else if (judged.fit != loop::Fit::none) {
                out[member] = judged.value;
            }
        };
        const auto plate = loop::judge_plate(value("vehicleplatenumber"));
        put("vin", "vin", loop::judge_vin(value("vin")));
        put("plate", "vehicleplatenumber", plate);
        if (out.empty() && !out_.withdrawn)
            refuse("车牌号码和 VIN 都没有。" + zh, "neither plate nor VIN is there." + en);
        if (const auto color = intake::plate_color(plate.colour)) out["plate_color"] = *color;
        if (const auto word = value("vehicleplatecolor"); !word.empty()) {
            if (const auto color = intake::plate_color(word))
                out["plate_color"] = *color;
            else
                finding("vehicleplatecolor", "unreadable", word);
        }
        return out;
    }

    Json item_of(const std::string& name) {
        const auto known = intake::repair_item(name);
        return {{"code", known.code}, {"system", known.system}, {"name", name}};
    }

    /// Where the list is empty, what else was said to be done stands for it.
    Json read_items(const std::string& fault) {
        Json out = Json::array();
        for (const auto& row : message_.projects) {
            const auto name = intake::shortened(value(row, "repairproject"), item_most);
            if (name.empty()) continue;
            if (loop::record::characters(name) == name_cut) finding("repairproject", "cut", name);
            Json item = item_of(name);
            put_hours(item, row);
            out.push_back(std::move(item));
        }
        if (!out.empty()) return out;
        for (const auto& row : message_.parts)
            if (const auto name = value_in(row, "partsname"); !name.empty())
                out.push_back(item_of(intake::shortened(name, item_most)));
        if (!out.empty()) {
            finding("repairprojectlist", "from_parts", "");
        } else if (!fault.empty()) {
            out.push_back(item_of(intake::shortened(fault, item_most)));
            finding("repairprojectlist", "from_description", "");
        } else {
            refuse("维修项目、配件和故障描述都是空的，看不出修了什么",
                   "no items, no parts and no fault description: nothing says what was repaired");
        }
        return out;
    }

    void put_hours(Json& item, const Row& row) {
        const auto text = value(row, "workinghours");
        if (text.empty()) return;
        if (const auto hours = loop::decimal_of(text); hours && *hours <= hours_most)
            item["labour_hours"] = json_number(*hours);
        else
            finding("workinghours", hours || loop::cents_of(text) ? "price_as_hours" : "unreadable", text);
    }

    Json read_parts() {
        Json out = Json::array();
        for (const auto& row : message_.parts) {
            const auto name = name_in(row, "partsname");
            if (name.empty()) continue;
            Json part{{"name", name}};
            const auto number = loop::judge_number(name_in(row, "partscode"));
            if (!number.code.empty()) finding("partscode", number.code, value(row, "partscode"));
            if ((number.fit == loop::Fit::right || number.fit == loop::Fit::doubtful) && !is_damaged(number.value))
                part["part_no"] = intake::shortened(number.value, code_most);
            if (const auto text = value(row, "partsquantity"); !text.empty()) {
                if (const auto quantity = loop::decimal_of(text))
                    part["quantity"] = json_number(*quantity);
                else
                    finding("partsquantity", "unreadable", text);
            }
            out.push_back(std::move(part));
        }
        return out;
    }

    /// The interface has no member for money, and 0 in one that software adds is no statement.
    std::optional<std::int64_t> read_fee() {
        std::string no_amount;
        for (const auto* name : fee_members) {
            const auto text = value(name);
            if (text.empty()) continue;
            if (const auto cents = loop::cents_of(text)) return cents;
            finding(name, "unreadable", text);
            if (no_amount.empty()) no_amount = name;
        }
        if (source_.starts_with('B'))
            finding("total_fee", "not_in_message", "");
        else if (!no_amount.empty())
            refuse("看不懂总费用 " + no_amount + "，请写成 1280.50（元）",
                   no_amount + " is no amount, write 1280.50 (yuan)");
        else
            refuse(
                "缺少总费用：档案报文不带金额，而维修站的记录必须有。请让维修软件在 basicInfo 里加 total_fee（元），"
                "或改向交通部门的数据桥上传，或在本站页面、用 import 填报",
                "total_fee is missing: the archive's message carries no money and a shop's record needs it. Let the "
                "software add total_fee (yuan) to basicInfo, or upload to the department's bridge, or use the page "
                "or `import`");
        return std::nullopt;
    }

    /// Of the test's acceptance or report number: both find it.
    void put_report(Json& r, const std::string& fault) {
        const auto told = loop::judge_number(value("test_no"));
        const auto in_text = intake::report_number_in(fault);
        const bool is_long = loop::record::characters(told.value) > code_most;
        if (is_long || !told.code.empty()) finding("test_no", is_long ? "too_long" : told.code, value("test_no"));
        if (!is_long && !is_damaged(told.value) && (told.fit == loop::Fit::right || told.fit == loop::Fit::doubtful))
            r["fail_report_no"] = intake::half_width(told.value);
        if (!r.contains("fail_report_no") && in_text) r["fail_report_no"] = *in_text;
    }

    void put_mileage(Json& r) {
        const auto text = value("repairmileage");
        if (text.empty()) return;
        if (const auto km = loop::decimal_of(text); km && *km <= mileage_most)
            r["mileage_km"] = json_number(*km);
        else
            finding("repairmileage", "unreadable", text);
    }

    void put_fault(Json& r, const std::string& fault) {
        if (fault.empty()) return;
        if (std::ranges::find(generic_faults, fault) != std::end(generic_faults))
            finding("faultdescription", "generic", fault);
        r["fault_description"] = intake::shortened(fault, description_most);
    }

    void check_company() {
        const auto told = loop::normal_text(value("companyname")), own = loop::normal_text(shop_.company_name);
        if (!told.empty() && !own.empty() && !own.starts_with(told))
            finding("companyname", "company_name_differs", value("companyname"));
    }

    Json kept_message() const {
        Json basic = Json::object();
        for (const auto* name : kept_members)
            if (const auto it = message_.members.find(name); it != message_.members.end()) basic[name] = it->second;
        const auto kept = [](const std::vector<Row>& rows, std::initializer_list<const char*> names) {
            Json list = Json::array();
            for (const auto& row : rows) {
                Json one = Json::object();
                for (const auto* name : names)
                    if (const auto it = row.find(name); it != row.end()) one[name] = it->second;
                list.push_back(std::move(one));
            }
            return list;
        };
        return {{"basicInfo", std::move(basic)},
                {"repairprojectlist", kept(message_.projects, {"repairproject", "workinghours"})},
                {"vehiclepartslist", kept(message_.parts, {"partsname", "partscode", "partsquantity"})}};
    }

    const Message& message_;
    const ArchiveShop& shop_;
    const std::string& source_;
    Json quality_ = Json::array();
    ArchiveOrder out_;
};

}  // namespace

ArchiveOrder read_repair(const Message& message, const ArchiveShop& shop, const std::string& source, loop::Moment now) {
    return Reader(message, shop, source).read(now);
}

}  // namespace imloop::station::archive
