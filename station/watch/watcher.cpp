#include "station/watch/watcher.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "journal/digest.hpp"
#include "loop/admission.hpp"
#include "loop/json.hpp"
#include "station/attachments.hpp"
#include "station/file_ids.hpp"
#include "station/files.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/formats/ini.hpp"
#include "station/intake/nha/nha.hpp"

namespace imloop::station::watch {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Names = std::vector<std::string>;

std::optional<Stamp> stamp_of(const fs::path& file) {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    const auto written = error ? fs::file_time_type() : fs::last_write_time(file, error);
    if (error) return std::nullopt;
    return Stamp{bytes, static_cast<std::int64_t>(written.time_since_epoch().count())};
}

/// Beside what has the name already.
fs::path free_name(const fs::path& wanted) {
    fs::path out = wanted;
    for (int n = 2; fs::exists(out); ++n)
        out = wanted.parent_path() / fmt::format("{}-{}{}", wanted.stem().string(), n, wanted.extension().string());
    return out;
}

/// The same record, but for photos that came or went since.
bool is_same_but_photos(const std::string& a, const std::string& b) {
    auto one = loop::json_of(a), other = loop::json_of(b);
    if (!one.is_object() || !other.is_object()) return false;
    one.erase("attachments");
    other.erase("attachments");
    return one == other;
}

bool is_read(Kind kind) { return kind == Kind::message || kind == Kind::table || kind == Kind::equipment; }

}  // namespace

std::optional<service::Words> folder_trouble(const fs::path& folder) {
    std::error_code error;
    const fs::directory_iterator at(folder, error);
    if (!error) return std::nullopt;
    if (!fs::exists(folder, error))
        return service::Words{"找不到这个文件夹，请检查路径或网络共享；恢复后自动继续",
                              "there is no such folder, check its path or the network share; it goes on by itself"};
    return service::Words{"读不到这个文件夹，请检查权限或网络共享；恢复后自动继续",
                          "the folder can't be read, check permissions or the share; it goes on by itself"};
}

Watcher::Watcher(WatchedFolder folder, intake::Settings settings, Outbox& outbox, Ledger& ledger)
    : folder_(std::move(folder)),
      settings_(std::move(settings)),
      outbox_(outbox),
      ledger_(ledger),
      settling_(folder_.settle) {
    ledger_.begin_reader(outbox_.last() + 1);
}

std::optional<Listing> Watcher::list(FolderState& state) {
    state.trouble = folder_trouble(folder_.path);
    state.is_down = state.trouble.has_value();
    if (state.is_down) return std::nullopt;
    Listing out;
    std::error_code error;
    for (fs::directory_iterator at(folder_.path, error), end; !error && at != end; at.increment(error)) {
        std::error_code gone;
        const auto name = at->path().filename().string();
        if (name.starts_with('.')) continue;
        if (!at->is_regular_file(gone)) {
            if (!gone && is_read(kind_of(name)))
                state.trouble = {
                    name + " 不是普通文件（管道、设备或文件夹），没有读，请移走",
                    name + " is no regular file (a pipe, a device or a folder) and is not read, move it away"};
            continue;
        }
        if (const auto stamp = stamp_of(at->path())) out[name] = *stamp;
    }
    return out;
}

FolderState Watcher::scan(loop::Moment now) {
    FolderState state;
    state.folder = folder_;
    state.scanned_at = now;
    const auto listing = list(state);
    if (!listing) return state;
    settling_.observe(*listing, now);
    std::erase_if(done_, [&](const auto& done) {
        const auto there = listing->find(done.first);
        return there == listing->end() || there->second != done.second.stamp;
    });
    Names unmoved;
    for (const auto& [name, _] : done_) unmoved.push_back(name);
    for (const auto& name : unmoved) move(name, state);
    for (const auto& [name, _] : *listing)
        if (kind_of(name) == Kind::other) ++state.other;
    take_messages(*listing, state, now);
    take_tables(*listing, state, now);
    take_equipment(*listing, state, now);
    return state;
}

void Watcher::take_messages(const Listing& listing, FolderState& state, loop::Moment now) {
    Names names;
    bool any_written = false;
    loop::Moment oldest = now;
    std::map<std::string, Result> results;
    for (const auto& [name, _] : listing) {
        if (kind_of(name) != Kind::message || done_.contains(name)) continue;
        if (!settling_.is_settled(name, now)) {
            any_written = true;
            ++state.waiting;
        } else {
            names.push_back(name);
            oldest = std::min(oldest, settling_.since(name));
        }
    }
    if (any_written && now - oldest < together_ms) {
        state.waiting += names.size();
        return;
    }
    auto read = read_messages(folder_.path, names, settings_);
    if (is_stopped()) return;
    if (std::ranges::any_of(names, [&](const auto& n) { return stamp_of(folder_.path / n) != listing.at(n); })) return;
    for (const auto& name : names) results.try_emplace(name);
    has_parts_ = has_parts_ || std::ranges::any_of(read.records, [](const auto& r) { return r.files.size() > 1; }) ||
                 std::ranges::any_of(read.problems, [](const auto& p) { return waits_for_partner(p.code); });
    std::set<std::string> held;
    for (auto& record : read.records) {
        std::vector<fs::path> photos;
        if (!waits_for_parts(record, now) && is_ready(record, now, photos))
            save_one(record, photos, results, state, now);
        else
            held.insert(record.files.begin(), record.files.end());
    }
    for (auto& problem : read.problems) {
        if (!results.contains(problem.file)) continue;
        if (waits_for_partner(problem.code) && now - settling_.since(problem.file) < partner_ms)
            held.insert(problem.file);
        results[problem.file].problems.push_back(std::move(problem));
    }
    state.waiting += held.size();
    for (auto& [name, result] : results)
        if (!held.contains(name)) conclude(name, std::move(result), listing.at(name), state, now);
}

void Watcher::take_tables(const Listing& listing, FolderState& state, loop::Moment now) {
    Names names;
    for (const auto& [name, _] : listing) {
        if (kind_of(name) != Kind::table || done_.contains(name)) continue;
        if (settling_.is_settled(name, now))
            names.push_back(name);
        else
            ++state.waiting;
    }
    if (names.empty()) return;
    if (folder_.mapping.empty()) {
        state.trouble = {fmt::format("{} 个表格在等映射，请做一个映射", names.size()),
                         fmt::format("{} tables wait for a mapping, make one", names.size())};
        state.waiting += names.size();
        return;
    }
    const auto mapping =
        intake::mapping_from(contents(folder_.mapping).value_or(""), folder_.mapping.extension() == ".toml");
    if (!mapping) {
        const auto& why = mapping.error();
        state.trouble = {"映射文件用不了：" + why.zh, "the mapping can't be used: " + why.en};
        state.waiting += names.size();
        return;
    }
    for (const auto& name : names) {
        if (is_stopped()) return;
        auto read = read_table(folder_.path / name, *mapping, settings_, now);
        if (stamp_of(folder_.path / name) != listing.at(name)) continue;
        std::map<std::string, Result> results;
        results[name].problems = std::move(read.problems);
        for (auto& record : read.records) {
            std::vector<fs::path> photos;
            is_ready(record, now, photos);
            save_one(record, photos, results, state, now);
        }
        conclude(name, std::move(results[name]), listing.at(name), state, now);
    }
}

void Watcher::take_equipment(const Listing& listing, FolderState& state, loop::Moment now) {
    Names names, unsettled;
    for (const auto& [name, _] : listing)
        if (!intake::nha_part(name).empty()) (settling_.is_settled(name, now) ? names : unsettled).push_back(name);
    state.waiting += unsettled.size();
    if (names.empty() || std::ranges::find(unsettled, "TestLog", intake::nha_part) != unsettled.end()) return;
    std::string digests;
    for (const auto& name : names) {
        if (is_stopped()) return;
        const auto bytes = intake::bytes_of(folder_.path / name);
        const auto* text = std::get_if<std::string>(&bytes);
        digests += name + "\n" + (text ? journal::to_hex(journal::sha256(*text)) : std::get<intake::Left>(bytes).code);
        digests += "\n";
    }
    const auto digest = journal::to_hex(journal::sha256(digests));
    if (digest == last_set_) return;
    auto read = read_equipment_set(folder_.path, names, settings_);
    if (is_stopped()) return;
    if (std::ranges::any_of(names, [&](const auto& n) { return stamp_of(folder_.path / n) != listing.at(n); })) return;
    std::map<std::string, Result> results;
    auto& all = results[names.front()];
    const auto saved_before = state.saved;
    for (auto& record : read.records) {
        if (must_wait(record, unsettled, now)) return;
        std::vector<fs::path> photos;
        record.files = {names.front()};
        if (!is_ready(record, now, photos)) {
            ++state.waiting;
            return;
        }
        save_one(record, photos, results, state, now);
    }
    last_set_ = digest;
    for (auto& problem : read.problems)
        if (intake::is_fault(problem.file, problem.code) || intake::is_note(problem.code))
            all.problems.push_back(std::move(problem));
    if (state.saved > saved_before || !all.problems.empty()) put_set(names, digest, std::move(all), now);
}

bool Watcher::must_wait(const ReadRecord& record, const Names& unsettled, loop::Moment now) const {
    const auto patience_over = [&](const std::string& name) { return now - settling_.since(name) >= together_ms; };
    if (std::ranges::all_of(record.files, patience_over)) return false;
    return std::ranges::any_of(unsettled, [&](const auto& name) {
        const auto part = intake::nha_part(name);
        const auto is_its_result = [&](const auto& file) {
            return intake::nha_part(file) == "ResultOf" + part.substr(std::string_view("RealTimeDataOf").size());
        };
        return !part.starts_with("RealTimeDataOf") || std::ranges::any_of(record.files, is_its_result);
    });
}

void Watcher::put_set(const Names& names, const std::string& digest, Result result, loop::Moment now) {
    intake::Ini log;
    if (const auto file = std::ranges::find(names, "TestLog", intake::nha_part); file != names.end())
        if (const auto bytes = intake::bytes_of(folder_.path / *file);
            const auto* text = std::get_if<std::string>(&bytes))
            log = intake::parse_ini(intake::text_of(*text).value_or(""));
    auto number = log.value("TestLog", "ReportNumber");
    if (number.empty()) number = log.value("TestLog", "RunningNumber");
    Entry entry{0, folder_.path.string(), "TestLog.ini " + number, digest, now, Outcome::accepted, {}, {}, {}, false};
    if (ledger_.knows(entry.folder, entry.name, digest)) return;
    entry.records = result.records;
    entry.problems = result.problems;
    if (std::ranges::any_of(result.problems, [](const Problem& p) { return intake::is_fault(p.file, p.code); })) {
        entry.outcome = Outcome::rejected;
        // The next test overwrites the files: what was refused is kept as it was.
        const auto to =
            folder_.path / "rejected" / loop::format_day(loop::day_of(now)) / ("ini-" + digest.substr(0, 8));
        std::error_code error;
        fs::create_directories(to, error);
        for (const auto& name : names)
            if (const auto stamp = stamp_of(folder_.path / name); stamp && stamp->bytes <= intake::message_bytes_max)
                fs::copy_file(folder_.path / name, to / name, fs::copy_options::overwrite_existing, error);
        if (!error) {
            entry.kept_at = to.string();
            replace_file(to.string() + ".txt", explanation(entry.name, entry.problems, entry.records.size()));
        }
    }
    ledger_.put(entry);
}

bool Watcher::waits_for_parts(const ReadRecord& record, loop::Moment now) const {
    const bool is_alone = record.files.size() == 1 && !record.trace && !record.record_id.empty();
    return has_parts_ && is_alone && now - settling_.since(record.files.front()) < together_ms;
}

bool Watcher::is_ready(const ReadRecord& record, loop::Moment now, std::vector<fs::path>& photos) const {
    const auto patience_over = now - settling_.since(record.files.front()) >= partner_ms;
    for (auto& photo : attachments_of(record.line, folder_.path)) {
        if (settling_.is_settled(photo.filename().string(), now))
            photos.push_back(std::move(photo));
        else if (!patience_over)
            return false;
    }
    return true;
}

void Watcher::save_one(ReadRecord& record, const std::vector<fs::path>& photos, std::map<std::string, Result>& results,
                       FolderState& state, loop::Moment now) {
    const auto say = [&](const std::string& code, const std::string& place, service::Words why) {
        for (const auto& file : record.files)
            results[file].problems.push_back(
                {file, record.file_line, place, {}, code, why, record.record_id.empty() ? "" : record.line});
    };
    if (auto with = with_attachments(record.line, photos))
        record.line = std::move(*with);
    else
        say("left_out", "/attachments", {with.error().zh, with.error().en});
    if (!record.record_id.empty()) record.line = with_own_id(outbox_, record.line);
    const auto admitted = loop::admit(record.line, settings_.station_id, now);
    for (const auto& p : admitted.problems) say(p.code, p.pointer, {p.zh, p.en});
    if (!admitted.problems.empty()) return;
    const auto id = *admitted.record_id;
    const auto appended = outbox_.append(record.line, id, record.trace);
    if (appended) {
        if (appended->is_new) ++state.saved;
    } else {
        const auto before = outbox_.latest(id);
        const bool is_same = before && is_same_but_photos(before->line, record.line);
        const bool is_older = before && !record.record_id.empty() && ledger_.is_of_older_reader(before->seq);
        if (!is_same && is_older) ledger_.put_read_better(id, now);
        if (!is_same && !is_older) return say(appended.error().code, {}, {appended.error().zh, appended.error().en});
    }
    for (const auto& file : record.files) results[file].records.push_back(id);
}

void Watcher::conclude(const std::string& name, Result result, const Stamp& stamp, FolderState& state,
                       loop::Moment now) {
    const auto is_fault = [](const Problem& p) { return intake::is_fault(p.file, p.code); };
    auto outcome = Outcome::accepted;
    if (std::ranges::any_of(result.problems, is_fault))
        outcome = Outcome::rejected;
    else if (result.records.empty())
        outcome = Outcome::passed_over;
    const auto digest = digest_of(folder_.path / name);
    if (!digest) return;  // gone, or not to be read: the next look will tell
    const auto to = free_name(folder_.path / (outcome == Outcome::rejected ? "rejected" : "processed") /
                              loop::format_day(loop::day_of(now)) / name);
    Done done{stamp, to, {}};
    if (outcome == Outcome::rejected) done.explanation = explanation(name, result.problems, result.records.size());
    // The ledger first: a file that was moved and is not known would never be looked at again.
    ledger_.put({0, folder_.path.string(), name, digest->sha256, now, outcome, to.string(), std::move(result.records),
                 std::move(result.problems), false});
    done_[name] = std::move(done);
    move(name, state);
}

void Watcher::move(const std::string& name, FolderState& state) {
    const auto& done = done_.at(name);
    try {
        fs::create_directories(done.to.parent_path());
        if (!done.explanation.empty()) replace_file(done.to.string() + ".txt", done.explanation);
        fs::rename(folder_.path / name, done.to);
        done_.erase(name);
    } catch (const std::exception&) {
        state.trouble = {"文件已收，但移不走，请检查文件夹的写权限；移走前不会重复计入",
                         "files are taken and can't be moved away, check that the folder may be written; they are not "
                         "counted twice"};
    }
}

}  // namespace imloop::station::watch
