#include "hub/watch/watched.hpp"

#include <algorithm>
#include <set>

#include "hub/limits.hpp"
#include "journal/json.hpp"
#include "journal/segment.hpp"
#include "loop/admission.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Suspects;

/// A test whose only fault is what its verdict says: the rules look at it as at an accepted one. Not so where a receipt
/// of an import says that of something else.
void take_rejected(Suspects& suspects, std::string_view line, loop::rules::Arrival arrival) {
    if (!std::ranges::all_of(arrival.rejected_for,
                             [](const auto& code) { return code == "verdict_contradicts_readings"; }))
        return;
    const auto admitted = loop::reread(line, false);
    if (admitted.record_id && admitted.is_read) suspects.rejected(admitted.fact, std::move(arrival));
}

}  // namespace

Watched::Followed Watched::follow(Store& store, LoopState& of) {
    const auto& projection = of.projection;
    loop::Projection::Changes changes;
    std::set<std::string> records, gone, touched;
    std::vector<std::string> traces;
    std::vector<ChangeNote::Fork> forks;
    if (of.notes() == notes) return Followed::nothing;
    const auto before = notes;
    auto to = position;
    of.each_note(notes, [&](std::uint64_t number, const ChangeNote& note) {
        if (number != notes + 1 || std::max(records.size(), touched.size()) > records_a_step) return false;
        notes = number;
        to = note.position;
        records.insert(note.records.begin(), note.records.end());
        touched.insert(note.touched.begin(), note.touched.end());
        gone.insert(note.gone.begin(), note.gone.end());
        changes.register_changed |= note.register_changed;
        changes.policy_changed |= note.policy_changed;
        changes.stations.insert(note.stations.begin(), note.stations.end());
        traces.insert(traces.end(), note.traces.begin(), note.traces.end());
        forks.insert(forks.end(), note.forks.begin(), note.forks.end());
        return true;
    });
    if (notes == before) return Followed::gap;
    for (const auto& fork : forks) suspects.forked(fork.source, fork.first, fork.at);
    for (bool more = true; more && position < to;) {
        const auto page = store.segments_after(position, segments_a_step);
        more = !page.empty() && page.back().position < to;
        for (const auto& s : page) {
            if (s.position > to) break;
            take_lines(s);
        }
        position = more ? page.back().position : to;
    }
    for (const auto& id : records) changes.records.push_back({id, nullptr});
    // What became of a vehicle is what it is now.
    touched.insert(gone.begin(), gone.end());
    for (const auto& id : touched)
        (projection.identity().size_of(id) > 0 ? changes.touched : changes.identity.gone).push_back(id);
    suspects.update(projection, changes);
    if (traces.empty()) return Followed::more;
    for (const auto& sha256 : traces) take_trace(store, sha256);
    suspects.update(projection, {});
    return Followed::more;
}

/// Between two parts of something long: what is held is kept, and let go of.
void Watched::step(LoopState& of) {
    if (stop_) throw Stopped();
    save_(*this);
    if (of.held() > rows_held_max) of.forget();
}

Watched::Watched(std::string of_rules, Keep keep, const std::atomic<bool>& stop, const loop::Rows& rows, Save save)
    : rules(std::move(of_rules)),
      suspects(loop::rules::Parameters(journal::parsed(rules), loop::rules::Parameters::Unknown::left_out),
               loop::rules::all(), &rows),
      keep_(std::move(keep)),
      save_(std::move(save)),
      stop_(stop) {}

void Watched::begin(Store& store, LoopState& of) {
    notes = of.notes();
    std::size_t segments = 0;
    const auto to = store.each_segment([&](const StoredSegment& s) {
        take_lines(s);
        if (++segments % segments_a_step != 0) return;
        suspects.update(of.projection, {});  // rejected lines
        step(of);
    });
    store.each_fork(
        [&](const std::string& source, std::uint64_t first, loop::Moment at) { suspects.forked(source, first, at); });
    store.each_figures(figures_version, [&](const std::string& sha256, const std::optional<std::string>& bytes) {
        if (const auto figures = figures_of(bytes.value_or(""))) shelf_.put(sha256, *figures, suspects);
    });
    for (const auto& sha256 : store.trace_digests()) take_trace(store, sha256);
    // All records before the vehicles they stand in, so that each of these is looked at once.
    auto all = of.projection.everything();
    loop::Projection::Changes part;
    part.register_changed = all.register_changed;
    const auto look = [&] {
        // Their sizes at once, too: of large ones update() reads no more ahead.
        if (of.projection.reads_ahead()) of.projection.read_vehicles_ahead(part.touched);
        suspects.update(of.projection, std::exchange(part, {}));
    };
    const auto update = [&] {
        look();
        step(of);
    };
    for (auto& record : all.records) {
        part.records.push_back(std::move(record));
        if (part.records.size() == records_a_step) update();
    }
    for (auto& vehicle : all.touched) {
        part.touched.push_back(std::move(vehicle));
        if (part.touched.size() == records_a_step) update();
    }
    look();
    suspects.take_new();  // of what is known long since
    position = to;
}

void Watched::resume(Store& store, std::uint64_t read, std::int64_t seen) {
    notes = read;
    position = seen;
    const auto is_known = [&](const std::string& sha256) { return suspects.traces().facts(sha256) != nullptr; };
    store.each_figures(figures_version, [&](const std::string& sha256, const std::optional<std::string>& bytes) {
        const auto figures = figures_of(bytes.value_or(""));
        if (figures && is_known(sha256)) shelf_.know(sha256, *figures);
    });
    // What was seen and not kept in time is drawn anew; what was not seen comes with its note.
    for (const auto& sha256 : store.trace_digests()) {
        if (shelf_.holds(sha256) || !is_known(sha256)) continue;
        if (stop_) throw Stopped();
        const auto csv = store.whole_trace(sha256);
        if (!csv) continue;
        const auto figures = shelf_.figures(*csv, [&](const auto& other) { return store.whole_trace(other); });
        keep_(sha256, figures);
        shelf_.know(sha256, figures);
    }
}

/// How the lines of a segment came; what they say comes with the records that changed.
void Watched::take_lines(const StoredSegment& stored) {
    if (stop_) throw Stopped();
    const auto segment = journal::parse_segment(stored.bytes);
    const auto receipt = journal::parse_receipt(stored.receipt);
    if (stored.damaged || !segment || !receipt || receipt->outcomes.size() != segment->lines.size()) return;
    const auto received_at = loop::parse_moment(receipt->received_at).value_or(0);
    for (std::size_t i = 0; i < segment->lines.size(); ++i) {
        const auto& outcome = receipt->outcomes[i];
        loop::rules::Arrival arrival{receipt->source, receipt->epoch, outcome.seq, received_at, {}};
        if (outcome.status != journal::Status::rejected) {
            suspects.came(arrival);
            if (outcome.record_id) suspects.arrived(*outcome.record_id, arrival);
            continue;
        }
        for (const auto& p : outcome.problems) arrival.rejected_for.push_back(p.code);
        suspects.came(arrival);
        if (outcome.record_id && !arrival.rejected_for.empty())
            take_rejected(suspects, segment->lines[i], std::move(arrival));
    }
}

void Watched::take_trace(Store& store, const std::string& sha256) {
    if (stop_) throw Stopped();
    if (shelf_.holds(sha256)) return;
    const auto csv = store.whole_trace(sha256);
    if (!csv) return;
    const auto figures = shelf_.figures(*csv, [&](const auto& other) { return store.whole_trace(other); });
    keep_(sha256, figures);
    shelf_.put(sha256, figures, suspects);
}

}  // namespace imloop::hub
