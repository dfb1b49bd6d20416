#include "hub/record_words.hpp"

#include "journal/json.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {

using nlohmann::json;

json words_of(Reader& reader, const std::string& record_id) {
    const auto at = reader.loop.projection.words_line(record_id);
    if (!at) return {};
    try {
        const auto stored = reader.store.segment_with(at->line.source, at->line.epoch, at->line.seq);
        if (!stored) return {};
        const auto segment = journal::parse_segment(stored->bytes).value();
        auto record = journal::parsed(segment.lines.at(at->line.seq - segment.header.first));
        return at->is_replacement ? record.value("replacement", json()) : record;
    } catch (const Damaged&) {
        return json::object();
    }
}

json copied(const json& from, std::initializer_list<const char*> names) {
    json out = json::object();
    for (const auto* name : names)
        if (from.is_object() && from.contains(name)) out[name] = from[name];
    return out;
}

}  // namespace imloop::hub
