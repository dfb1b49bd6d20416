#include "station/form_ids.hpp"

#include <charconv>

#include "station/ids.hpp"

namespace imloop::station {
namespace {

/// The first 48 bits of a UUIDv7; 0 where it is none.
loop::Moment time_of(std::string id) {
    std::erase(id, '-');
    loop::Moment out = 0;
    if (id.size() >= 12) std::from_chars(id.data(), id.data() + 12, out, 16);
    return out;
}

}  // namespace

std::string form_id(const std::string& about, std::string_view words) {
    return uuid7_of(time_of(about), about + " " + std::string(words));
}

bool is_saved(Outbox& outbox, const std::string& record_id) {
    const auto latest = record_id.empty() ? std::nullopt : outbox.latest(record_id);
    return latest && latest->status != "rejected";
}

FormTurn form_turn(Outbox& outbox, const std::string& about, std::string_view kind) {
    FormTurn out;
    for (int n = 0;; ++n) {
        out.id = form_id(about, std::string(kind) + " " + std::to_string(n));
        if (!is_saved(outbox, out.id)) return out;
        out.before = out.id;
    }
}

}  // namespace imloop::station
