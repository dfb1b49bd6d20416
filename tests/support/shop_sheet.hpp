// Small exports of shop software, made in a test.
#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "station/intake/shop/header.hpp"
#include "station/intake/shop/repairs.hpp"

namespace imloop::test::shops {

using namespace station::intake;
using nlohmann::json;

inline const std::string shop = "M610404-03";
inline const loop::Moment now = loop::parse_moment("2026-12-01T00:00:00+08:00").value();

inline ShopRepairs read(const std::string& bytes, const std::string& station_id = shop,
                        const ShopAnswers& answers = {}) {
    return read_shop_repairs(read_shop_table(bytes).value(), station_id, now, answers).value();
}

/// Header and one row with all that is needed; `more` columns are put behind, or in the place of those of that name.
struct Sheet {
    std::vector<std::pair<std::string, std::string>> cells = {{"工单号", "WO1"},
                                                              {"车牌号", "陕D0T001"},
                                                              {"车架号", "LSVAA49J132000017"},
                                                              {"进厂时间", "2026-03-01 09:05:00"},
                                                              {"结算时间", "2026-03-01 16:20:00"},
                                                              {"维修项目", "更换火花塞"},
                                                              {"总费用", "260"}};

    Sheet with(const std::string& header, const std::string& value) const {
        Sheet out = *this;
        for (auto& cell : out.cells)
            if (cell.first == header) {
                cell.second = value;
                return out;
            }
        out.cells.emplace_back(header, value);
        return out;
    }
    Sheet without(const std::string& header) const {
        Sheet out = *this;
        std::erase_if(out.cells, [&](const auto& cell) { return cell.first == header; });
        return out;
    }
    Sheet renamed(const std::string& from, const std::string& to) const {
        Sheet out = *this;
        for (auto& cell : out.cells)
            if (cell.first == from) cell.first = to;
        return out;
    }
    std::string csv() const {
        std::string header, row;
        for (const auto& [name, value] : cells) {
            header += (header.empty() ? "\"" : ",\"") + name + "\"";
            row += (row.empty() ? "\"" : ",\"") + value + "\"";
        }
        return header + "\n" + row + "\n";
    }
    ShopOrder order(const std::string& station_id = shop) const { return read(csv(), station_id).orders.at(0); }
    json record() const {
        const auto o = order();
        INFO((o.problems.empty() ? "" : o.problems[0].column + " " + o.problems[0].zh));
        REQUIRE(o.problems.empty());
        return journal::parsed(o.line);
    }
    /// `code column`
    std::string problem(const std::string& station_id = shop) const {
        const auto o = order(station_id);
        if (o.problems.empty()) return "";
        CHECK(o.line.empty());
        CHECK(o.record_id.empty());
        return o.problems[0].code + " " + o.problems[0].column;
    }
    std::string missing(const std::string& station_id = shop) const {
        const auto r = read_shop_repairs(read_table(csv()).value(), station_id, now);
        return r ? "" : r.error().code;
    }
};

}  // namespace imloop::test::shops
