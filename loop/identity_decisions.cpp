// Officers' decisions that two records are of one vehicle, or are not, kept by the records they are about; these may
// come later, or never.
#include "loop/identity_state.hpp"

namespace imloop::loop {

void Identity::State::put_decision(const Fact& f) {
    erase_decision(f.record_id);
    const auto& d = *f.decision;
    if (d.about_kind != "record_id" || (d.action != "join" && d.action != "part")) return;
    decisions.put(key_of(f.record_id), {f.record_id, d.about, d.other_record_id, f.occurred_at, d.action == "join"});
    for (const auto& id : {d.about, d.other_record_id}) {
        decided.put(key_of(id), f.record_id);
        decided_records.insert(id);
        if (Record* r = records.change(key_of(id))) r->is_decided = true;
    }
}

void Identity::State::erase_decision(const std::string& id) {
    const auto* known = decisions.find(key_of(id));
    if (known == nullptr) return;
    for (const auto& about : {known->about, known->other}) {
        decided_records.insert(about);
        decided.erase(key_of(about), id);
        if (Record* r = records.change(key_of(about))) r->is_decided = decided.has_any(key_of(about));
    }
    decisions.erase(key_of(id));
}

bool Identity::State::is_decided(const std::string& record_id) const {
    const Record* r = find(record_id);
    return r != nullptr ? r->is_decided : decided.has_any(key_of(record_id));
}

/// Whether an officer has decided between a record of the one and one of the other.
bool Identity::State::has_decided(const Node& a, const Node& b) const {
    for (const Record* r : records_of(a)) {
        if (!r->is_decided) continue;
        for (const auto& id : decided.of(key_of(r->id))) {
            const auto& d = row_at(decisions, id);
            const Record* other = find(d.about == r->id ? d.other : d.about);
            if (other != nullptr && !other->vin.empty() && Node::key_of_record(*other) == b.key) return true;
        }
    }
    return false;
}

}  // namespace imloop::loop
