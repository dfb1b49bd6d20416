// Saves what was read of files, or says, to the word and the exit code, what saving would say.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "station/commands.hpp"
#include "station/watch/ledger.hpp"

namespace imloop::i_station {

/// Exit codes of `ingest`.
inline constexpr int all_refused = 2;   ///< or nothing was there to be read
inline constexpr int some_refused = 4;  ///< and some taken

/// Not thread safe. A dry run makes no file.
class Saver {
public:
    Saver(const station::Context&, const station::Config&, bool dry);

    /// Everything is said on standard output.
    void take(const std::string& line, const std::optional<station::Trace>&);
    /// Something that was read and can't be a record.
    void refuse() { ++refused_; }
    /// Says what an older reader made otherwise, once for all of them.
    void finish();
    int code() const;

private:
    /// As the outbox will judge it, for a dry run.
    bool would_take(const std::string& line);
    /// Other content under an id that an older reader gave.
    bool is_read_better(const std::string& line, const std::string& record_id);

    const station::Config& config_;
    bool dry_;
    std::optional<station::Outbox> outbox_;         ///< none: a dry run where nothing was saved yet
    std::optional<station::watch::Ledger> ledger_;  ///< likewise
    std::map<std::string, std::string> seen_;       ///< of a dry run: lines by record id
    std::set<std::string> better_;
    std::size_t taken_ = 0, refused_ = 0;
};

}  // namespace imloop::i_station
