#include "station/intake/shop/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace imloop::station::intake {

std::string shop_cell(const Row& row, const ShopColumn& column) {
    if (column.index >= row.cells.size()) return {};
    auto text = tidy(row.cells[column.index]);
    return shop_blank(text, column.field) ? std::string() : text;
}

std::string shop_cell(const Row& row, const ShopColumns& columns, std::string_view field) {
    const auto* column = columns.of(field);
    return column == nullptr ? std::string() : shop_cell(row, *column);
}

bool is_spoilt(std::string_view text) {
    const auto code = loop::judge_number(text).code;
    return code == "spreadsheet_error" || code == "damaged";
}

std::string ShopReading::header(std::string_view field) const {
    const auto* column = columns.of(field);
    return column == nullptr ? std::string() : column->header;
}

int ShopReading::power(std::string_view field) const {
    const auto* column = columns.of(field);
    return column == nullptr ? 0 : column->power;
}

void ShopReading::problem(const Row& row, std::string_view field, std::string_view code, const std::string& zh,
                          const std::string& en) {
    out.problems.push_back({row.number, header(field), std::string(code), zh, en});
}

void ShopReading::note(const Row& row, std::string_view field, std::string_view code, const std::string& zh,
                       const std::string& en) {
    const Reason reason{row.number, header(field), std::string(code), zh, en};
    const auto same = [&](const Reason& n) { return n.row == reason.row && n.column == reason.column; };
    if (std::ranges::none_of(out.notes, same)) out.notes.push_back(reason);
}

void ShopReading::left_out(const Row& row, std::string_view field, const std::string& text) {
    note(row, field, "left_out", fmt::format("看不懂「{}」，没有导入", text),
         fmt::format("{} can't be read and is left out", text));
}

void ShopReading::refuse(const Row& row, std::string_view field, Kind kind, const std::string& text) {
    const auto judgement = loop::judge_number(text);
    if (is_formula(text)) {
        problem(row, field, "formula_without_value",
                "是公式，文件里没有存它的结果；请用 Excel 或 WPS 打开、保存后再导入",
                "is a formula without a value: open the file in Excel or WPS, save it and import it again");
    } else if (judgement.fit == loop::Fit::refused) {
        const auto why = loop::judgement_words(judgement.code);
        problem(row, field, judgement.code, fmt::format("「{}」：{}", shortened(text, 60), why.zh),
                fmt::format("{}: {}", shortened(text, 60), why.en));
    } else if (kind == Kind::time) {
        problem(row, field, "bad_time", fmt::format("看不懂时间「{}」，请写成 2026-03-01 16:20:00", text),
                fmt::format("{} is no time, write 2026-03-01 16:20:00", text));
    } else {
        problem(row, field, "bad_money", fmt::format("看不懂金额「{}」，请写成 1234.50", text),
                fmt::format("{} is no amount, write 1234.50", text));
    }
}

void ShopReading::need(std::string_view field) {
    const auto name = header(field);
    if (std::ranges::any_of(out.problems, [&](const Reason& p) { return !name.empty() && p.column == name; })) return;
    problem(*rows.front(), field, "missing", "没有填，请补上", "is blank, fill it in");
}

std::string ShopReading::words(const Row& row, std::string_view field) {
    auto text = cell(row, field);
    // A formula that came as text of a CSV file is text.
    if (!is_spoilt(text) && (table.delimited || !is_formula(text))) return text;
    left_out(row, field, text);
    return {};
}

std::string ShopReading::amount(const Row& row, std::string_view field, std::string_view name) {
    auto text = cell(row, field);
    const auto* column = columns.of(field);
    if (text.empty()) return text;
    for (const auto& merged : table.merged) {
        if (merged.column != column->index || row.number < merged.first_row || row.number > merged.last_row) continue;
        const bool one = std::ranges::all_of(rows, [&](const Row* other) {
            const bool within = other->number >= merged.first_row && other->number <= merged.last_row;
            return !within || cell(*other, name) == cell(row, name);
        });
        if (one) continue;
        note(*rows.front(), field, "left_out",
             fmt::format("第 {}–{} 行合并成一格，这个数没有分到各项，没有导入", merged.first_row, merged.last_row),
             fmt::format("one cell is merged over rows {}–{}: the value belongs to no single one and is left out",
                         merged.first_row, merged.last_row));
        return {};
    }
    return text;
}

std::optional<ShopReading::Said> ShopReading::first(std::string_view field) const {
    for (const auto* row : rows)
        if (auto text = cell(*row, field); !text.empty()) return Said{row, std::move(text)};
    return std::nullopt;
}

std::string ShopReading::shorter(std::string_view field, const std::string& text, std::size_t most) {
    auto cut = shortened(text, most);
    if (cut.size() < text.size())
        note(*rows.front(), field, "shortened", fmt::format("太长，只取前 {} 字", most),
             fmt::format("too long, the first {} characters are taken", most));
    return cut;
}

void ShopReading::differ(const Row& row, std::string_view field, const Row& before) {
    problem(row, field, "rows_differ",
            fmt::format("是「{}」，而第 {} 行是「{}」；同一工单必须一样", cell(row, field), before.number,
                        cell(before, field)),
            fmt::format("is {}, but {} in row {}; the rows of one order must agree", cell(row, field),
                        cell(before, field), before.number));
}

template <typename T, typename Parse>
std::optional<T> ShopReading::agreed(std::string_view field, Kind kind, Parse parse) {
    std::optional<T> found;
    const Row* said_by = nullptr;
    for (const auto* row : rows) {
        const auto text = cell(*row, field);
        if (text.empty()) continue;
        const auto value = parse(text);
        if (!value) {
            refuse(*row, field, kind, text);
            return std::nullopt;
        }
        if (said_by != nullptr && *value != *found) {
            differ(*row, field, *said_by);
            return std::nullopt;
        }
        if (said_by == nullptr) said_by = row;
        found = value;
    }
    return found;
}

std::optional<ShopTime> ShopReading::time(std::string_view field) {
    return agreed<ShopTime>(field, Kind::time,
                            [&](const std::string& text) { return shop_time(text, table.serial_zero); });
}

std::optional<std::int64_t> ShopReading::cents(std::string_view field) {
    return agreed<std::int64_t>(field, Kind::money,
                                [&](const std::string& text) { return shop_cents(text, power(field)); });
}

bool ShopReading::take(const Row& row, std::string_view field, const loop::Judgement& judgement) {
    const auto why = loop::judgement_words(judgement.code);
    if (judgement.fit == loop::Fit::refused)
        problem(row, field, judgement.code, fmt::format("「{}」：{}", shortened(judgement.value, 60), why.zh),
                fmt::format("{}: {}", shortened(judgement.value, 60), why.en));
    if (judgement.fit == loop::Fit::doubtful) note(row, field, judgement.code, why.zh, why.en);
    return judgement.fit == loop::Fit::right || judgement.fit == loop::Fit::doubtful;
}

std::optional<loop::Judgement> ShopReading::judged(std::string_view field, loop::Judgement (*judge)(std::string_view),
                                                   std::string (*key)(std::string_view)) {
    std::optional<loop::Judgement> found;
    const Row* said_by = nullptr;
    for (const auto* row : rows) {
        const auto text = cell(*row, field);
        if (text.empty()) continue;
        if (is_formula(text)) {
            refuse(*row, field, Kind::word, text);
            return std::nullopt;
        }
        auto judgement = judge(text);
        if (judgement.fit == loop::Fit::none) continue;
        if (!take(*row, field, judgement)) return std::nullopt;
        if (said_by != nullptr && key(judgement.value) != key(found->value)) {
            differ(*row, field, *said_by);
            return std::nullopt;
        }
        if (said_by != nullptr) continue;
        said_by = row;
        found = std::move(judgement);
        found->value = half_width(found->value);
    }
    return found;
}

}  // namespace imloop::station::intake
