#include "station/form_ids.hpp"

#include "loop/record/uuid.hpp"
#include "station/ids.hpp"

namespace imloop::station {

std::string form_id(const std::string& about, std::string_view words) {
    return uuid7_of(loop::moment_of_uuid7(about), about + " " + std::string(words));
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
