#include <nlohmann/json.hpp>

#include "bridge/feed.hpp"
#include "loop/json.hpp"
#include "station/archive/outward.hpp"

namespace imloop::bridge {
namespace {

using nlohmann::json;
using Json = nlohmann::ordered_json;

/// What one record is to a platform; null where it is nothing to it.
Json mapped_record(const json& record, const Names& names) {
    namespace archive = station::archive;
    const auto schema = record.value("schema", "");
    if (schema == "imloop/correction/1") {
        if (record.value("action", "") == "replace") return mapped_record(record.value("replacement", json()), names);
        return Json{{"kind", "withdrawn"}, {"record_id", record.value("corrects", "")}};
    }
    const auto id = record.value("station_id", "");
    const auto name = names.find(id);
    if (const auto message = archive::archive_message_of(record, name == names.end() ? id : name->second))
        return Json{{"kind", "repair"}, {"record_id", record.value("record_id", "")}, {"message", *message}};
    if (const auto message = archive::failed_test_message_of(record))
        return Json{{"kind", "failed_test"}, {"record_id", record.value("record_id", "")}, {"message", *message}};
    return nullptr;
}

}  // namespace

std::string mapped(std::string_view page, const Names& names) {
    std::string out;
    while (!page.empty()) {
        const auto line = page.substr(0, page.find('\n'));
        page.remove_prefix(std::min(page.size(), line.size() + 1));
        const auto item = loop::json_of(line);
        if (!item.is_object() || item.value("status", "") != "accepted" || item.contains("without_effect")) continue;
        const auto one = mapped_record(item.value("record", json::object()), names);
        if (!one.is_null()) out += one.dump() + "\n";
    }
    return out;
}

}  // namespace imloop::bridge
