#include "tests/sim/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace imloop::sim {
namespace {

/// Repairs are few: a quarter of the shops inspected in the national campaign had something to hide.
constexpr double shops_beside_stations = 10;

struct Days {
    loop::Day first, last;
};

Days days_of(int year) {
    return {loop::parse_day(fmt::format("{}-01-01", year)).value(),
            loop::parse_day(fmt::format("{}-12-31", year)).value()};
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> out(1);
    for (const char c : text)
        if (c == by)
            out.emplace_back();
        else
            out.back() += c;
    return out;
}

/// One where all methods can be cheated at.
std::string any_with_rollers(const std::vector<IStation>& stations, Random& random) {
    const IStation* s = nullptr;
    do s = &random.pick(stations);
    while (!s->has_rollers);
    return s->id;
}

/// One that a heavy lorry does not get into.
std::string any_small(const std::vector<Shop>& shops, Random& random) {
    const Shop* s = nullptr;
    do s = &random.pick(shops);
    while (s->heavy_bays > 0);
    return s->id;
}

class Planner {
public:
    Planner(int year, const std::vector<IStation>& i, const std::vector<Shop>& m, Random& random)
        : year_(days_of(year)), stations_(i), shops_(m), random_(random) {}

    void add(const std::string& words) {
        const auto parts = split(words, ':');
        Campaign c;
        c.kind = cheat_named(parts[0]);
        if (!c.kind || parts.size() > 5) {
            std::string codes;
            for (const auto& kind : cheat_kinds()) codes += std::string(" ") + kind.code;
            throw std::invalid_argument("--cheat " + words + ": CODE:STATION:DOSE:FROM:TO, codes:" + codes);
        }
        place(c, parts.size() > 1 ? parts[1] : "auto");
        try {
            c.dose = parts.size() > 2 ? std::stod(parts[2]) : 0.5;
        } catch (const std::exception&) {
            throw std::invalid_argument("--cheat " + words + ": the dose is a number up to 1");
        }
        c.from = parts.size() > 3 ? day(words, parts[3]) : year_.first;
        c.to = parts.size() > 4 ? day(words, parts[4]) : year_.last;
        put(std::move(c));
    }

    /// Light and heavy ones of each kind, each kind to about the same share of the records of its side.
    void add_some_of_all(double rate) {
        for (const auto& kind : cheat_kinds()) {
            const bool at_shop = kind.side == Side::shop;
            const auto kinds =
                std::ranges::count_if(cheat_kinds(), [&](const auto& k) { return (k.side == Side::shop) == at_shop; });
            double left = (at_shop ? std::min(rate * shops_beside_stations, 0.3) : rate) / static_cast<double>(kinds);
            const double enough = left * 0.2;
            for (int tries = 0; tries < 200 && left > enough; ++tries) {
                Campaign c;
                c.kind = &kind;
                place(c, "auto");
                if (busy(c)) continue;
                c.dose = random_.chance(0.5) ? random_.within(0.1, 0.25) : random_.within(0.5, 0.95);
                const double a_day = (at_shop ? share_of(shops_, c.shop) : share_of(stations_, c.station)) / 365 *
                                     kind.eligible * (kind.always ? 1 : c.dose);
                const int length = std::clamp(static_cast<int>(left / a_day), 20, 330);
                c.from = year_.first + random_.between(0, 364 - length);
                c.to = c.from + length;
                left -= a_day * length;
                put(std::move(c));
            }
        }
    }

    std::vector<Campaign> out;

private:
    template <typename Stations>
    static double weight_of(const Stations& stations, const std::string& id) {
        for (const auto& s : stations)
            if (s.id == id) return s.weight;
        return 0;
    }
    template <typename Stations>
    static double share_of(const Stations& stations, const std::string& id) {
        double all = 0;
        for (const auto& s : stations) all += s.weight;
        return weight_of(stations, id) / all;
    }
    /// Half of all stations stay honest, and none cheats in more than three ways.
    bool busy(const Campaign& c) const {
        const auto honest = [](const auto& all, const std::string& id) {
            for (std::size_t i = 0; i < all.size(); ++i)
                if (all[i].id == id) return i % 2 == 1;
            return false;
        };
        if (!c.station.empty() && honest(stations_, c.station)) return true;
        if (!c.shop.empty() && honest(shops_, c.shop)) return true;
        return std::ranges::count_if(out, [&](const auto& o) {
                   return (!c.station.empty() && o.station == c.station) || (!c.shop.empty() && o.shop == c.shop);
               }) >= 3;
    }
    void place(Campaign& c, const std::string& where) {
        const auto both = split(where, '+');
        const bool is_auto = where == "auto";
        if (c.kind->side != Side::shop) c.station = is_auto ? any_with_rollers(stations_, random_) : both.front();
        const bool needs_small = c.kind->code == std::string_view("heavy_in_small_bay");
        if (c.kind->side != Side::station)
            c.shop = !is_auto ? both.back() : needs_small ? any_small(shops_, random_) : random_.pick(shops_).id;
        const bool known_i = c.station.empty() || weight_of(stations_, c.station) > 0;
        const bool known_m = c.shop.empty() || weight_of(shops_, c.shop) > 0;
        if (!known_i || !known_m) throw std::invalid_argument("--cheat: no such station: " + where);
    }
    static loop::Day day(const std::string& words, const std::string& text) {
        const auto found = loop::parse_day(text);
        if (!found) throw std::invalid_argument("--cheat " + words + ": a day is YYYY-MM-DD, not " + text);
        return *found;
    }
    void put(Campaign c) {
        c.number = out.size() + 1;
        c.style = random_.unit();
        out.push_back(std::move(c));
    }

    Days year_;
    const std::vector<IStation>& stations_;
    const std::vector<Shop>& shops_;
    Random& random_;
};

}  // namespace

std::vector<Campaign> make_campaigns(const CampaignOptions& options, int year, const std::vector<IStation>& stations,
                                     const std::vector<Shop>& shops, Random& random) {
    Planner planner(year, stations, shops, random);
    for (const auto& words : options.wanted)
        if (words == "default")
            planner.add_some_of_all(options.rate);
        else
            planner.add(words);
    return std::move(planner.out);
}

}  // namespace imloop::sim
