#include "station/intake/outcome/no_values.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "journal/json.hpp"
#include "loop/vehicle/text.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/outcome/fields.hpp"

namespace imloop::station::intake {
namespace {

struct Range {
    double least = 0, most = 0;
};

struct NoValues {
    std::set<std::string> words;  ///< in small letters
    std::vector<double> numbers;
    std::size_t nines_from = 0;  ///< numbers of so many nines and nothing else
    std::map<std::string, Range, std::less<>> ranges;
};

NoValues read() {
    const auto table = journal::parsed(schemas::table_text("no_values"));
    NoValues out{{}, table.at("numbers"), table.at("nines_from"), {}};
    for (const std::string word : table.at("words")) out.words.insert(loop::lower(word));
    for (const auto& row : table.at("rows")) out.ranges[row.at("code")] = {row.at("least"), row.at("most")};
    return out;
}

const NoValues& table() {
    static const auto all = read();
    return all;
}

/// -999, 99.99, 9999.0; zeros may stand behind the point.
bool is_of_nines(std::string_view written, std::size_t from) {
    if (written.starts_with('-')) written.remove_prefix(1);
    if (written.find('.') != std::string_view::npos)
        while (written.ends_with('0')) written.remove_suffix(1);
    const auto nines = static_cast<std::size_t>(std::ranges::count(written, '9'));
    const auto points = static_cast<std::size_t>(std::ranges::count(written, '.'));
    return nines >= from && points <= 1 && nines + points == written.size();
}

}  // namespace

bool is_no_value(std::string_view quantity, std::string_view written, double factor) {
    const auto& known = table();
    if (known.words.contains(loop::lower(written))) return true;
    const auto range = known.ranges.find(quantity);
    const auto value = number(written);
    if (range == known.ranges.end() || !value) return false;
    const bool is_said =
        std::ranges::find(known.numbers, *value) != known.numbers.end() || is_of_nines(written, known.nines_from);
    return is_said && (*value * factor < range->second.least || *value * factor > range->second.most);
}

std::string quantity_of(std::string_view item, std::string_view unit) {
    static const std::map<std::string, std::string, std::less<>> endings = {
        {"%", "_pct"}, {"ppm", "_ppm"}, {"1/m", "_m1"}, {"kW", "_kw"}, {"g/km", "_g_km"}, {"grade", "_grade"}};
    const auto found = endings.find(unit);
    return std::string(item) + (found == endings.end() ? std::string() : found->second);
}

}  // namespace imloop::station::intake
