// What watched folders gave, file by file: taken, passed over or rejected, for the page and for who asks later
// (`intake.sqlite` in the data folder). The records themselves are in the outbox. Not thread safe: a ledger a thread,
// several may be open on one file. What SQLite refuses is thrown as sqlite::StoreError.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "loop/time.hpp"
#include "sqlite/sqlite.hpp"
#include "station/watch/problem.hpp"

namespace imloop::station::watch {

enum class Outcome {
    accepted,
    passed_over,  ///< nothing is wrong with it, and it is no test that counts
    rejected      ///< the file, or some of its records
};

struct Entry {
    std::int64_t id = 0;
    std::string folder, name;
    std::string sha256;  ///< of the file, or of all files of a set that is rewritten in place
    loop::Moment at = 0;
    Outcome outcome = Outcome::accepted;
    std::string kept_at;               ///< where the file went
    std::vector<std::string> records;  ///< their ids
    std::vector<Problem> problems;     ///< also notes on what was taken
    bool is_open = false;              ///< rejected, and neither acknowledged nor read anew
};

inline constexpr std::size_t read_better_named = 100;

class Ledger {
public:
    explicit Ledger(const std::filesystem::path& data);

    /// In place of an entry of the same content; closes the earlier ones of the same name. The id.
    std::int64_t put(const Entry&);
    bool knows(const std::string& folder, const std::string& name, const std::string& sha256);
    std::optional<Entry> entry(std::int64_t id);
    std::vector<Entry> recent(bool only_open, std::size_t limit);
    std::uint64_t open_count();
    std::uint64_t accepted_since(loop::Moment);
    void acknowledge(std::int64_t id);
    /// So that the same content is read again.
    void forget(const Entry&);

    /// Before this reader reads: lines of the outbox before `next_seq` are of older ones. Once a version.
    void begin_reader(std::uint64_t next_seq);
    bool is_of_older_reader(std::uint64_t seq);
    /// A record of an older reader that this one makes otherwise: one notice for all of them, `read_better`, which
    /// counts them and names the first `read_better_named`.
    void put_read_better(const std::string& record_id, loop::Moment now);
    std::vector<std::string> read_better(std::size_t limit);

private:
    sqlite::Database database_;
};

}  // namespace imloop::station::watch
