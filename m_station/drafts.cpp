#include <algorithm>
#include <stdexcept>

#include "journal/json.hpp"
#include "loop/record/uuid.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "m_station/repair_form.hpp"
#include "station/files.hpp"
#include "station/form_ids.hpp"

namespace imloop::m_station {

using nlohmann::json;

std::optional<std::filesystem::path> Drafts::file(const std::string& id) const {
    if (!loop::is_uuid7(id)) return std::nullopt;
    return folder_ / (id + ".json");
}

Draft Drafts::load(const std::string& id) const {
    Draft out;
    const auto from = file(id);
    const auto kept = from ? journal::parsed_or_discarded(station::contents(*from).value_or("")) : json();
    if (!kept.is_object()) return out;
    out.version = kept.value("version", std::uint64_t{1});
    // Before drafts had a version they were the fields alone.
    out.fields = kept.contains("fields") ? kept["fields"].get<Fields>() : kept.get<Fields>();
    if (kept.contains("fields")) {
        out.writer = kept.value("writer", "");
        out.order = kept.value("order", json());
    }
    return out;
}

bool Drafts::save(const std::string& id, Draft draft, std::uint64_t seen) const {
    const auto to = file(id);
    if (!to) throw std::invalid_argument("草稿没有可用的编号 / the draft has no id: " + id);
    const auto there = load(id);
    if (there.version != 0 && there.version != seen && (there.writer != draft.writer || draft.writer.empty()))
        return false;
    std::filesystem::create_directories(folder_);
    const json kept{{"version", there.version + 1},
                    {"writer", draft.writer},
                    {"order", draft.order.is_null() ? there.order : draft.order},
                    {"fields", draft.fields}};
    station::replace_file(*to, kept.dump(), 0600);
    return true;
}

void Drafts::drop(const std::string& id) const {
    std::error_code ignored;
    if (const auto at = file(id)) std::filesystem::remove(*at, ignored);
}

std::vector<std::string> Drafts::all() const {
    std::vector<std::string> out;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, none))
        if (loop::is_uuid7(entry.path().stem().string())) out.push_back(entry.path().stem().string());
    std::ranges::sort(out);
    return out;
}

std::string draft_id(const json& vehicle) {
    const auto plate = loop::comparable_plate(loop::normal_plate(vehicle.value("plate", "")));
    return station::form_id("", plate.empty() ? "vin " + loop::normal_vin(vehicle.value("vin", "")) : "plate " + plate);
}

}  // namespace imloop::m_station
