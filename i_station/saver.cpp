#include "i_station/saver.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "journal/limits.hpp"
#include "loop/admission.hpp"
#include "station/file_ids.hpp"
#include "station/ids.hpp"
#include "station/intake/reader_version.hpp"
#include "station/record_text.hpp"

namespace imloop::i_station {

using namespace station;

Saver::Saver(const Context& context, const Config& config, bool dry) : config_(config), dry_(dry) {
    const auto is_there = [&](const char* file) { return std::filesystem::exists(config.data / file); };
    if (!dry || is_there("outbox.sqlite")) outbox_.emplace(context.outbox(config));
    if (!dry || is_there("intake.sqlite")) ledger_.emplace(config.data);
    if (!dry) ledger_->begin_reader(outbox_->last() + 1);
}

bool Saver::is_read_better(const std::string& line, const std::string& record_id) {
    if (!outbox_ || !ledger_) return false;
    const auto before = outbox_->latest(record_id);
    return before && before->status != "rejected" && before->line != line && ledger_->is_of_older_reader(before->seq);
}

bool Saver::would_take(const std::string& line) {
    const auto admitted = loop::admit(line, config_.station_id, unix_now());
    show_problems(admitted, std::cout);
    const auto& id = admitted.record_id.value_or("-");
    const auto refuse = [&](const char* why) {
        std::cout << "不会保存 / would not be saved: " << why << id << '\n';
        return false;
    };
    if (!admitted.problems.empty()) return refuse("");
    if (line.size() > journal::line_bytes_max) return refuse("too_large  ");
    const auto before = outbox_ ? outbox_->latest(id) : std::nullopt;
    if (before && before->line == line) {
        std::cout << "早已保存 #" << before->seq << " / already there: " << id << '\n';
        return true;
    }
    const auto [seen, is_first] = seen_.emplace(id, line);
    if ((before && before->status != "rejected") || seen->second != line)
        return refuse("record_id_reused  同一编号而内容不同 / other content under the same id: ");
    std::cout << (is_first ? "会保存 / would be saved: " : "与前一条相同 / the same as one before: ") << id << '\n';
    return true;
}

void Saver::take(const std::string& record, const std::optional<Trace>& trace) {
    const auto line = outbox_ ? with_own_id(*outbox_, one_line(record)) : one_line(record);
    const auto id = loop::admit(line, config_.station_id, unix_now()).record_id.value_or("");
    if (dry_) std::cout << line << '\n';
    if (is_read_better(line, id)) {
        if (!dry_) ledger_->put_read_better(id, unix_now());
        better_.insert(id);
        ++taken_;
    } else if (dry_ ? would_take(line) : submit(*outbox_, config_, line, trace, std::cout)) {
        ++taken_;
    } else {
        ++refused_;
    }
    std::cout.flush();
}

void Saver::finish() {
    if (better_.empty()) return;
    fmt::print(
        "{0} 条早已保存的记录由第 {1} 版读取程序读得更好，原记录不变，不用更正 / {0} records that were saved before "
        "are "
        "read better by version {1} of the reader; they stay as they are:\n",
        better_.size(), intake::reader_version);
    for (const auto& id : better_) fmt::print("  – {}\n", id);
    std::fflush(stdout);
}

int Saver::code() const {
    if (taken_ == 0) return all_refused;
    return refused_ > 0 ? some_refused : 0;
}

}  // namespace imloop::i_station
