// The rules are asked: about records that changed, vehicles, keys, and in a sweep about all that is large.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "loop/fact_pack.hpp"
#include "loop/rules/hash.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {
namespace {

constexpr std::size_t keys_read_at_once = 100;  ///< of a sweep

/// A day after all others: histories are seen whole.
constexpr Day end_of_days = 2'000'000;

bool in_order(const Record& a, const Record& b) {
    return std::tie(a.fact.occurred_at, a.fact.record_id) < std::tie(b.fact.occurred_at, b.fact.record_id);
}

/// Each is moved once: records are large.
void put_in_order(std::vector<Record>& records) {
    std::vector<Record*> order;
    for (auto& one : records) order.push_back(&one);
    std::ranges::sort(order, [](const Record* a, const Record* b) { return in_order(*a, *b); });
    std::vector<Record> out;
    out.reserve(records.size());
    for (auto* one : order) out.push_back(std::move(*one));
    records = std::move(out);
}

/// Their ids, as long as `visit` wants the next. Several may have one note.
void each_record_of(const SuspectRows& rows, const SharedKey& key, const auto& visit) {
    const auto prefix = key.row();
    rows.shared.each_between(prefix, end_of(prefix), [&](std::string_view row, const Mark&) {
        const auto note = note_in(row);
        rows.noted.hold_under(note);
        return std::ranges::all_of(rows.noted.keys(note),
                                   [&](const auto& noted) { return visit(record_of_noted(noted)); });
    });
}

std::size_t records_of(const Projection& projection, const std::string& vehicle_id) {
    return projection.identity().size_of(vehicle_id);
}

}  // namespace

void Suspects::Findings::ask(const Rule& rule, const std::function<void(Flags&)>& judge) {
    Flags found;
    try {
        judge(found);
    } catch (const BadRow&) {  // no fault of the rule's
        throw;
    } catch (const std::exception&) {
        failed.emplace(rule.id);
        return;
    }
    if (!found.empty()) flags.emplace_back(&rule, std::move(found));
}

Context Suspects::context(const Projection& projection) const {
    return {projection.stations(), parameters_, traces_, [this, &projection](const std::string& sha256) {
                std::vector<Record> out;
                for (const auto& id : records_with_trace(sha256))
                    if (auto fact = projection.fact(id)) out.push_back(record(projection, std::move(*fact)));
                std::ranges::sort(out, in_order);
                return out;
            }};
}

void Suspects::update(const Projection& projection, const Projection::Changes& changes) {
    const bool reads_sets = from_ && from_->reads_sets();
    if (reads_sets) read_ahead(projection, changes);
    for (const auto& changed : changes.records) {
        take_out(changed.record_id);
        if (auto now = projection.fact(changed.record_id)) put_in(record(projection, std::move(*now)));
        again_.insert(changed.record_id);
    }
    folds_.settle();
    for (const auto& station : changes.stations)
        for (const auto& key : rows_.rejected_by_station.keys(key_of(station))) again_.insert(second_of(key));
    if (changes.register_changed || changes.policy_changed || !again_.empty()) note_sweep();
    for (const auto& id : std::exchange(again_, {})) {
        look_at_record(projection, id);
        if (rows_.rejected.has_any(key_of(id))) look_at_rejected(projection, id);
    }
    for (const auto& id : changes.identity.gone) {
        drop("vehicle " + id);
        statistics_.drop(id);
        rows_.stale_vehicles.erase(key_of(id));
    }
    for (const auto& id : changes.touched) {
        if (records_of(projection, id) > looked_at_once_max)
            rows_.stale_vehicles.put(key_of(id), {});
        else
            look_at_vehicle(projection, id);
    }
    if (reads_sets) read_ahead_of(projection, stale_);
    for (const SharedKey& key : std::exchange(stale_, {})) {
        if (is_large(key))
            rows_.stale_keys.put(key.row(), {});
        else
            look_at_shared(projection, key);
    }
}

bool Suspects::is_large(const SharedKey& key) const {
    const auto prefix = key.row();
    std::size_t counted = 0;
    rows_.shared.each_between(prefix, end_of(prefix),
                              [&](std::string_view, const Mark&) { return ++counted <= looked_at_once_max; });
    return counted > looked_at_once_max;
}

/// As many, or more.
bool Suspects::has(const SharedKey& key, std::size_t records) const {
    std::size_t counted = 0;
    each_record_of(rows_, key, [&](const std::string&) { return ++counted < records; });
    return counted >= records;
}

void Suspects::look_at_record(const Projection& projection, const std::string& record_id) {
    const std::string owner = "record " + record_id;
    auto fact = projection.fact(record_id);
    if (!fact) return drop(owner);
    const Record one = record(projection, std::move(*fact));
    const Context ctx = context(projection);
    Findings found;
    for (const Rule* rule : rules_)
        if (rule->record) found.ask(*rule, [&](Flags& flags) { rule->record(one, ctx, flags); });
    replace(projection, owner, std::move(found));
}

/// A rejected line speaks only while no line of its record is accepted: then the station has mended it.
void Suspects::look_at_rejected(const Projection& projection, const std::string& record_id) {
    const std::string owner = "rejected " + record_id;
    if (projection.journal_line(record_id)) return drop(owner);
    const Context ctx = context(projection);
    Findings found;
    rows_.rejected.each(key_of(record_id), [&](std::string_view, const RejectedLine& row) {
        Record line{unpack(row.fact), {}, row.arrival};
        line.detail = detail_of(line.fact);
        for (const Rule* rule : rules_) {
            if (!rule->record) continue;
            found.ask(*rule, [&](Flags& flags) {
                rule->record(line, ctx, flags);
                for (auto& flag : flags) complete(flag, line.fact);
            });
        }
    });
    replace(owner, std::move(found));
}

void Suspects::look_at_vehicle(const Projection& projection, const std::string& vehicle_id) {
    History history{vehicle_id, {}, {}};
    for (auto& fact : projection.facts(vehicle_id)) history.records.push_back(record(projection, std::move(fact)));
    std::ranges::sort(history.records, in_order);
    history.episodes = projection.episodes(vehicle_id, end_of_days);
    statistics_.put(history);
    const Context ctx = context(projection);
    Findings found;
    for (const Rule* rule : rules_)
        if (rule->history) found.ask(*rule, [&](Flags& flags) { rule->history(history, ctx, flags); });
    replace(projection, "vehicle " + vehicle_id, std::move(found));
}

/// By the words of the key: several may have its hash.
std::map<std::string, std::vector<Record>> Suspects::sharing(const Projection& projection, const SharedKey& key) const {
    std::map<std::string, std::vector<Record>> out;
    const Group& group = groups_.at(key.group).group();
    const auto add = [&](const std::string& record_id) {
        auto fact = projection.fact(record_id);
        if (!fact) return true;  // voided since: the change that is still to come takes it out
        Record one = record(projection, std::move(*fact));
        std::vector<std::string> words;
        try {
            group.keys(one, words);
        } catch (const std::exception&) {  // as it did when it was put in
            return true;
        }
        std::set<std::string> mine(words.begin(), words.end());
        std::erase_if(mine, [&](const auto& each) { return short_hash_of(each) != key.hash; });
        for (auto it = mine.begin(); it != mine.end();) {
            auto& records = out[*it];
            records.push_back(++it == mine.end() ? std::move(one) : one);
        }
        return true;
    };
    each_record_of(rows_, key, add);
    for (auto& [words, records] : out) put_in_order(records);
    return out;
}

std::string Suspects::owner_of(const SharedKey& key) const {
    const auto& of = groups_.at(key.group);
    return fmt::format("shared {}.{} {:08x}", of.rule->id, of.number, key.hash);
}

void Suspects::look_at_shared(const Projection& projection, const SharedKey& key) {
    const auto& of = groups_.at(key.group);
    const auto least = of.group().least;
    if (least > 1 && !has(key, least)) return drop(owner_of(key));
    Findings found;
    for (const auto& [words, records] : sharing(projection, key))
        if (records.size() >= least)
            found.ask(*of.rule, [&](Flags& flags) { of.group().shared(records, context(projection), flags); });
    replace(projection, owner_of(key), std::move(found));
}

/// Without the words of its key, which may be of a vehicle.
std::string Suspects::owner_of_sums(std::string_view stale) const {
    const auto& of = fold_rules_.at(Folds::fold_of(stale));
    return fmt::format("sums {}.{} {:016x}", of.rule->id, of.number, hash_of(stale));
}

void Suspects::look_at_sums(const Projection& projection, const std::string& stale) {
    const auto& of = fold_rules_.at(Folds::fold_of(stale));
    const auto sums = folds_.sums(stale, [&](std::string_view id) {
        auto fact = projection.fact(std::string(id));
        return fact ? std::optional(record(projection, std::move(*fact))) : std::nullopt;
    });
    folds_.judged(stale, *sums);
    Findings found;
    found.ask(*of.rule, [&](Flags& flags) { of.fold().judge(*sums, context(projection), flags); });
    replace(projection, owner_of_sums(stale), std::move(found));
}

std::map<std::string, Against> Suspects::against(std::string_view before) const {
    std::map<std::string, Against> out;
    each_first([&](const std::string& owner, const Flag& flag) {
        // What this sweep has not come to yet is of the last one.
        if (flag.station_id.empty() || (owner.starts_with("sweep ") && flag.rule >= before)) return;
        const auto said = decision(flag.flag_id);
        if (said && said->action == "dismiss") return;
        const bool is_confirmed = said && said->action == "confirm";
        if (flag.grade != Grade::strong && !is_confirmed) return;
        auto& of = out[flag.station_id];
        of.strong += flag.grade == Grade::strong;
        of.confirmed += is_confirmed;
    });
    return out;
}

Swept Suspects::swept() const {
    const auto* last = rows_.swept.find(key_of("last"));
    return last ? *last : Swept();
}

void Suspects::put_swept(Swept now) { rows_.swept.put(key_of("last"), now); }

bool Suspects::sweep(const Projection& projection, Day as_of, const std::function<bool()>& goes_on) {
    for (const auto& key : rows_.stale_vehicles.keys("")) {
        rows_.stale_vehicles.erase(key);
        look_at_vehicle(projection, KeyReader(key).text());
        if (!goes_on()) return false;
    }
    const bool reads_sets = from_ && from_->reads_sets();
    const auto keys = rows_.stale_keys.keys("");
    for (std::size_t n = 0; n < keys.size(); ++n) {
        if (reads_sets && n % keys_read_at_once == 0) {
            std::set<SharedKey> next;
            for (const auto& key : std::span(keys).subspan(n, std::min(keys_read_at_once, keys.size() - n)))
                if (const auto shared = shared_key_of(key); !is_large(shared)) next.insert(shared);
            read_ahead_of(projection, next);
        }
        rows_.stale_keys.erase(keys[n]);
        look_at_shared(projection, shared_key_of(keys[n]));
        if (!goes_on()) return false;
    }
    for (auto stale = folds_.stale(); !stale.empty(); stale = folds_.stale())
        for (const auto& key : stale) {
            look_at_sums(projection, key);
            if (!goes_on()) return false;
        }
    if (const auto last = swept(); !last.is_stale && last.to == as_of) return true;
    const Context ctx = context(projection);
    for (const Rule* rule : rules_) {
        if (!rule->sweep) continue;
        const Sweep sweep{statistics_, projection, as_of, [this, rule] { return against(rule->id); }};
        Findings found;
        found.ask(*rule, [&](Flags& flags) { rule->sweep(sweep, ctx, flags); });
        replace(projection, "sweep " + std::string(rule->id), std::move(found));
        goes_on();
    }
    put_swept({false, as_of});
    return true;
}

}  // namespace imloop::loop::rules
