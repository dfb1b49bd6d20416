#include "station/intake/shop_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/ids.hpp"
#include "station/intake/shop_values.hpp"
#include "station/intake/shop_words.hpp"

namespace imloop::station::intake {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<const Row*>;

constexpr std::size_t name_most = 200, description_most = 2000;
/// More hours for one item are a price in the wrong column.
constexpr double hours_most = 200;

Json json_number(double value) {
    if (std::trunc(value) == value && std::abs(value) < 1e9) return static_cast<std::int64_t>(value);
    return value;
}

Json yuan(std::int64_t cents) {
    if (cents % 100 == 0) return cents / 100;
    return static_cast<double>(cents) / 100;
}

std::string without_spaces(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

/// `1、更换氧传感器；2、清洗节气门` and its kin, one by one. What stands in brackets stays together.
std::vector<std::string> listed(const std::string& text) {
    std::vector<std::string> out;
    std::string piece;
    int depth = 0;
    const auto end = [&] {
        piece = tidy(piece);
        auto first = piece.find_first_not_of("0123456789");
        if (first != std::string::npos && first > 0 && (piece[first] == '.' || piece[first] == ')'))
            piece = tidy(piece.substr(first + 1));
        first = piece.find_first_not_of("0123456789 ");
        if (first != std::string::npos) out.push_back(piece);
        piece.clear();
    };
    for (std::size_t i = 0; i < text.size();) {
        std::size_t size = 1;
        while (i + size < text.size() && (text[i + size] & 0xC0) == 0x80) ++size;
        const auto c = std::string_view(text).substr(i, size);
        if (c == "(" || c == "（") ++depth;
        if (c == ")" || c == "）") --depth;
        const bool separates = c == "、" || c == "；" || c == ";" || c == "\n" || c == "，" || c == ",";
        if (separates && depth <= 0)
            end();
        else
            piece += c;
        i += size;
    }
    end();
    return out;
}

class Reader {
public:
    Reader(const Table& table, const ShopColumns& columns, const std::string& station_id, const Rows& rows,
           ShopOrder& out)
        : table_(table), columns_(columns), station_id_(station_id), rows_(rows), out_(out) {}

    void read() {
        for (const auto* row : rows_) {
            const auto status = cell(*row, "status");
            if (status.empty() || !says_void(status)) continue;
            problem(*row, "status", "voided", fmt::format("是「{}」的工单，不导入", status),
                    fmt::format("the order is {}, it is not imported", status));
            return;
        }
        const auto vehicle = read_vehicle();
        const auto received = time("received_at"), settled = time("settled_at");
        const auto total = agreed<std::int64_t>("total_fee", shop_cents, std::identity(), Bad::money);
        const auto report = code("fail_report_no"), certificate = code("certificate_no");
        const auto number = code("work_order_no");
        if (!total && !station_id_.starts_with('B')) need("total_fee");
        if (!received) need("received_at");
        if (!settled) need("settled_at");
        Json items = read_items(), parts = read_parts();
        if (items.empty()) need("item_name");
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
        if (!fault.empty()) r["fault_description"] = shorter("fault_description", fault, description_most);
        if (const auto codes = fault_codes(); !codes.empty()) r["dtcs_before"] = codes;
        r["items"] = std::move(items);
        if (!parts.empty()) r["parts"] = std::move(parts);
        if (total) r["total_fee"] = yuan(*total);
        if (total && *total == 0)
            note("total_fee", "defaulted", "是 0，确实免费才这样填", "is 0, which says that the repair was free");
        put_text(r, "technician_id");
        put_text(r, "inspector_id");
        if (certificate) r["certificate_no"] = *certificate;
        put_warranty(r);
        r["outcome"] = "repaired";
        out_.line = r.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

private:
    enum class Bad { time, money, digits };

    std::string cell(const Row& row, std::string_view field) const { return shop_cell(row, columns_, field); }
    std::string header(std::string_view field) const {
        const auto* column = columns_.of(field);
        return column == nullptr ? std::string() : column->header;
    }

    void problem(const Row& row, std::string_view field, const char* code_, const std::string& zh,
                 const std::string& en) {
        out_.problems.push_back({row.number, header(field), code_, zh, en});
    }
    void note(std::string_view field, const char* code_, const std::string& zh, const std::string& en) {
        note(*rows_.front(), field, code_, zh, en);
    }
    void note(const Row& row, std::string_view field, const char* code_, const std::string& zh, const std::string& en) {
        const Reason reason{row.number, header(field), code_, zh, en};
        const auto same = [&](const Reason& n) { return n.row == reason.row && n.column == reason.column; };
        if (std::ranges::none_of(out_.notes, same)) out_.notes.push_back(reason);
    }
    void left_out(const Row& row, std::string_view field, const std::string& text) {
        note(row, field, "left_out", fmt::format("看不懂「{}」，没有导入", text),
             fmt::format("{} can't be read and is left out", text));
    }

    void bad(const Row& row, std::string_view field, Bad kind, const std::string& text) {
        if (kind == Bad::digits || scientific(text))
            problem(row, field, "lost_digits",
                    fmt::format("「{}」是科学计数法，后几位已经丢失；请把这一列设为文本，从原系统重新导出", text),
                    fmt::format("{} has lost its last digits; make the column text and export it again", text));
        else if (kind == Bad::time)
            problem(row, field, "bad_time", fmt::format("看不懂时间「{}」，请写成 2026-03-01 16:20:00", text),
                    fmt::format("{} is no time, write 2026-03-01 16:20:00", text));
        else
            problem(row, field, "bad_money", fmt::format("看不懂金额「{}」，请写成 1234.50", text),
                    fmt::format("{} is no amount, write 1234.50", text));
    }

    /// Missing, unless something else is already said of it.
    void need(std::string_view field) {
        const auto name = header(field);
        if (std::ranges::any_of(out_.problems, [&](const Reason& p) { return !name.empty() && p.column == name; }))
            return;
        problem(*rows_.front(), field, "missing", "没有填，请补上", "is blank, fill it in");
    }

    /// What all rows that have it say; a problem where they differ or one can't be read.
    template <typename T, typename Parse, typename Key>
    std::optional<T> agreed(std::string_view field, Parse parse, Key key, Bad kind) {
        std::optional<T> out;
        const Row* said_by = nullptr;
        for (const auto* row : rows_) {
            const auto text = cell(*row, field);
            if (text.empty()) continue;
            const auto value = parse(text);
            if (!value) {
                bad(*row, field, kind, text);
                return std::nullopt;
            }
            if (said_by != nullptr && key(*value) != key(*out)) {
                const auto before = cell(*said_by, field);
                problem(*row, field, "rows_differ",
                        fmt::format("是「{}」，而第 {} 行是「{}」；同一工单必须一样", text, said_by->number, before),
                        fmt::format("is {}, but {} in row {}; the rows of one order must agree", text, before,
                                    said_by->number));
                return std::nullopt;
            }
            if (said_by == nullptr) {
                said_by = row;
                out = *value;
            }
        }
        return out;
    }

    std::optional<ShopTime> time(std::string_view field) {
        return agreed<ShopTime>(
            field, [&](const std::string& text) { return shop_time(text, table_.serial_zero); }, std::identity(),
            Bad::time);
    }

    /// A number or name by which a thing is found again.
    template <typename Key = std::string (*)(std::string_view)>
    std::optional<std::string> code(std::string_view field, Key key = loop::normal_text) {
        return agreed<std::string>(
            field,
            [](const std::string& text) { return scientific(text) ? std::nullopt : std::optional(half_width(text)); },
            key, Bad::digits);
    }

    struct Said {
        const Row* row;
        std::string text;
    };
    std::optional<Said> first(std::string_view field) const {
        for (const auto* row : rows_)
            if (auto text = cell(*row, field); !text.empty()) return Said{row, std::move(text)};
        return std::nullopt;
    }

    std::string shorter(std::string_view field, const std::string& text, std::size_t most) {
        auto out = shortened(text, most);
        if (out.size() < text.size())
            note(field, "shortened", fmt::format("太长，只取前 {} 字", most),
                 fmt::format("too long, the first {} characters are taken", most));
        return out;
    }

    void put_text(Json& r, const char* field) {
        if (const auto said = first(field)) r[field] = said->text;
    }

    Json read_vehicle() {
        Json out = Json::object();
        auto vin = code("vin", loop::normal_vin), plate = code("plate", loop::normal_plate);
        if (const auto either = first("plate_or_vin")) take_either(*either, plate, vin);
        if (vin) out["vin"] = without_spaces(*vin);
        if (plate) out["plate"] = without_spaces(*plate);
        if (!vin && !plate)
            need(columns_.of("plate") != nullptr ? "plate" : columns_.of("vin") != nullptr ? "vin" : "plate_or_vin");
        put_code(out, "plate_kind", plate_kind);
        put_code(out, "plate_color", plate_color);
        put_code(out, "fuel", fuel);
        if (const auto engine = first("engine_no")) {
            if (scientific(engine->text))
                left_out(*engine->row, "engine_no", engine->text);
            else
                out["engine_no"] = engine->text;
        }
        return out;
    }

    void take_either(const Said& said, std::optional<std::string>& plate, std::optional<std::string>& vin) {
        if (scientific(said.text)) return bad(*said.row, "plate_or_vin", Bad::digits, said.text);
        std::string piece;
        const auto end = [&] {
            const auto normal = loop::normal_vin(piece);
            const bool ascii = std::ranges::all_of(normal, [](char c) { return (c & 0x80) == 0; });
            if (!normal.empty() && !shop_blank(piece, "plate")) (ascii ? vin : plate) = piece;
            piece.clear();
        };
        for (const char c : half_width(said.text)) {
            if (c == '/' || c == ',' || c == ' ' || c == '\n' || c == '|')
                end();
            else
                piece += c;
        }
        end();
    }

    template <typename CodeOf>
    void put_code(Json& vehicle, const char* field, CodeOf code_of) {
        const auto said = first(field);
        if (!said) return;
        if (const auto found = code_of(said->text))
            vehicle[field] = *found;
        else
            left_out(*said->row, field, said->text);
    }

    /// Of all rows, each text once.
    std::string described() const {
        std::string out;
        std::set<std::string> seen;
        for (const auto* row : rows_) {
            const auto text = cell(*row, "fault_description");
            if (!text.empty() && seen.insert(text).second) out += (out.empty() ? "" : "；") + text;
        }
        return out;
    }

    void put_report(Json& r, const std::optional<std::string>& column, const std::string& fault) {
        const auto in_text = report_number_in(fault);
        if (column && in_text && *column != *in_text)
            note("fail_report_no", "codes_differ", "与故障描述里的报告编码不同，以这一列为准",
                 "differs from the report number in the fault description; the column counts");
        if (column || in_text) r["fail_report_no"] = column ? *column : *in_text;
    }

    void put_mileage(Json& r) {
        const auto said = first("mileage_km");
        if (!said) return;
        const auto km = shop_number(said->text);
        if (km && *km > 0)
            r["mileage_km"] = json_number(*km);
        else
            left_out(*said->row, "mileage_km", said->text);
    }

    std::vector<std::string> fault_codes() {
        std::vector<std::string> out;
        for (const auto* row : rows_) {
            const auto text = cell(*row, "dtcs_before");
            for (const auto& found : fault_codes_in(text))
                if (std::ranges::find(out, found) == out.end()) out.push_back(found);
        }
        return out;
    }

    void put_warranty(Json& r) {
        ShopWarranty warranty;
        if (const auto said = first("warranty")) {
            warranty = warranty_in(said->text);
            if (!warranty.days && !warranty.km) left_out(*said->row, "warranty", said->text);
        }
        if (const auto said = first("warranty_days"))
            if (const auto days = shop_number(said->text)) warranty.days = std::llround(*days);
        if (const auto said = first("warranty_km"))
            if (const auto km = shop_number(said->text)) warranty.km = *km;
        if (warranty.days) r["warranty"]["days"] = *warranty.days;
        if (warranty.km) r["warranty"]["km"] = json_number(*warranty.km);
    }

    void put_cents(Json& out, const char* member, const Row& row, std::string_view field) {
        const auto text = cell(row, field);
        if (text.empty()) return;
        if (const auto cents = shop_cents(text))
            out[member] = yuan(*cents);
        else
            left_out(row, field, text);
    }

    /// Each item once: software repeats it beside every part.
    Json read_items() {
        Json out = Json::array();
        std::set<std::string> seen;
        for (const auto* row : rows_) {
            const auto names = listed(cell(*row, "item_name"));
            for (const auto& name : names) {
                const auto known = repair_item(name);
                Json item = {
                    {"code", known.code}, {"system", known.system}, {"name", shorter("item_name", name, name_most)}};
                if (names.size() == 1) {
                    put_hours(item, *row);
                    put_cents(item, "labour_fee", *row, "labour_fee");
                }
                if (seen.insert(item.dump()).second) out.push_back(std::move(item));
            }
            if (names.size() > 1 && !(cell(*row, "labour_hours") + cell(*row, "labour_fee")).empty())
                note(*row, "item_name", "left_out", "一格里有几个项目，工时和工时费没有分到各项",
                     "several items in one cell: hours and fee belong to no single one and are left out");
        }
        return out;
    }

    void put_hours(Json& item, const Row& row) {
        const auto text = cell(row, "labour_hours");
        if (text.empty()) return;
        const auto hours = shop_number(text);
        if (hours && *hours <= hours_most)
            item["labour_hours"] = json_number(*hours);
        else
            left_out(row, "labour_hours", text);
    }

    Json read_parts() {
        Json out = Json::array();
        std::set<std::string> seen;
        for (const auto* row : rows_) {
            const auto text = cell(*row, "part_name");
            if (text.empty()) continue;
            std::string details;
            for (const auto* field : {"part_no", "part_brand", "part_quantity", "part_unit_price"})
                details += cell(*row, field);
            const auto names = details.empty() ? listed(text) : std::vector{text};
            for (const auto& name : names) {
                Json part = {{"name", shorter("part_name", name, name_most)}};
                put_part_details(part, *row);
                if (seen.insert(part.dump()).second) out.push_back(std::move(part));
            }
        }
        return out;
    }

    void put_part_details(Json& part, const Row& row) {
        if (const auto number = cell(row, "part_no"); !number.empty()) {
            if (scientific(number))
                left_out(row, "part_no", number);
            else
                part["part_no"] = number;
        }
        if (const auto brand = cell(row, "part_brand"); !brand.empty()) part["brand"] = brand;
        std::optional<std::string> origin;
        if (const auto word = cell(row, "part_origin"); !word.empty()) origin = part_origin(word);
        if (says_yes(cell(row, "part_owner_supplied"))) origin = "owner_supplied";
        if (origin) part["origin"] = *origin;
        if (const auto text = cell(row, "part_quantity"); !text.empty()) {
            if (const auto quantity = shop_number(text))
                part["quantity"] = json_number(*quantity);
            else
                left_out(row, "part_quantity", text);
        }
        put_cents(part, "unit_price", row, "part_unit_price");
    }

    const Table& table_;
    const ShopColumns& columns_;
    const std::string& station_id_;
    const Rows& rows_;
    ShopOrder& out_;
};

}  // namespace

std::string shop_cell(const Row& row, const ShopColumns& columns, std::string_view field) {
    const auto* column = columns.of(field);
    if (column == nullptr || column->index >= row.cells.size()) return {};
    auto text = tidy(row.cells[column->index]);
    return shop_blank(text, field) ? std::string() : text;
}

void read_shop_order(const Table& table, const ShopColumns& columns, const std::string& station_id, const Rows& rows,
                     ShopOrder& out) {
    Reader(table, columns, station_id, rows, out).read();
}

}  // namespace imloop::station::intake
