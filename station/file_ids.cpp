#include "station/file_ids.hpp"

#include "loop/json.hpp"
#include "station/numbered.hpp"

namespace imloop::station {

std::string with_own_id(Outbox& outbox, const std::string& line) {
    auto record = loop::json_of<nlohmann::ordered_json>(line);
    if (!record.is_object() || !record.contains("record_id") || !record["record_id"].is_string()) return line;
    const auto before = outbox.latest(record["record_id"].get<std::string>());
    if (!before || before->status == "rejected" || before->line == line) return line;
    const nlohmann::json ours(record), theirs = loop::json_of(before->line);
    const auto vehicle = [](const nlohmann::json& of) {
        return name_of(of.value("vehicle", nlohmann::json::object()));
    };
    if (!theirs.is_object() || same_vehicle(vehicle(ours), vehicle(theirs))) return line;
    record["record_id"] = numbered_id(ours, true);
    return record.dump();
}

}  // namespace imloop::station
