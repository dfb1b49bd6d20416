#include "hub/posted.hpp"

#include <fmt/format.h>

#include "hub/record_words.hpp"

namespace imloop::hub {

using nlohmann::json;

json Posted::of(Reader& reader, const std::string& station, loop::Moment now) {
    const auto in_force = reader.loop.projection.stations().at(station, now);
    const std::string registration = in_force ? in_force->record_id : "";
    const auto* held = reader.loop.price_list(station);
    const std::string price_list = held ? held->record_id : "";
    std::string lines;
    for (const auto& id : {registration, price_list})
        if (const auto at = reader.loop.projection.words_line(id))
            lines += fmt::format("{} {} {} {};", at->line.source, at->line.epoch, at->line.seq, at->is_replacement);
    {
        const std::lock_guard guard(mutex_);
        if (const auto known = read_.find(station); known != read_.end() && known->second.lines == lines)
            return known->second.words;
    }
    Read fresh{lines, copied(words_of(reader, registration), {"address", "phone", "opening_hours", "location", "lines",
                                                              "bays", "business_class", "accreditation"})};
    const auto prices = words_of(reader, price_list);
    if (prices.is_object())
        fresh.words["prices"] = {{"valid_from", prices.value("valid_from", "")},
                                 {"items", prices.value("items", json::array())},
                                 {"parts", prices.value("parts", json::array())}};
    const std::lock_guard guard(mutex_);
    return (read_[station] = std::move(fresh)).words;
}

}  // namespace imloop::hub
