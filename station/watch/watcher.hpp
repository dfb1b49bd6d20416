// One watched folder, a step at a time: scan() looks at it once and takes what has stood still. No clock and no waiting
// of its own. A file is moved to `processed/DAY/` or `rejected/DAY/` (there with a `.txt` that explains) only after its
// records are durable and the ledger has it; ids are deterministic, so that a crash anywhere between counts nothing
// twice and loses nothing. INI files of equipment are rewritten in place and stay: a set that was read is known by its
// digest. Photos and videos named by a report number stay too, the record names them (station/attachments).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "station/config.hpp"
#include "station/intake/outcome/folder.hpp"
#include "station/outbox.hpp"
#include "station/watch/ledger.hpp"
#include "station/watch/reading.hpp"
#include "station/watch/settling.hpp"

namespace imloop::station::watch {

inline constexpr loop::Moment together_ms = 60'000;      ///< so long messages wait for others that are still written
inline constexpr loop::Moment partner_ms = 30 * 60'000;  ///< and a part of a test for the test

/// What one look at the folder showed.
struct FolderState {
    WatchedFolder folder;
    loop::Moment scanned_at = 0;            ///< 0: not looked at yet
    std::optional<service::Words> trouble;  ///< it can't be read, files can't be moved, tables have no mapping
    bool is_down = false;                   ///< it can't be read at all
    std::size_t waiting = 0;                ///< files that are still written, or wait for others
    std::size_t other = 0;                  ///< files of no kind that is read
    std::size_t saved = 0;                  ///< records that this look made durable
};

/// Why a folder can't be watched; nothing where it can.
std::optional<service::Words> folder_trouble(const std::filesystem::path&);

/// Not thread safe; outbox and ledger are used from the same thread. A stop (of the settings) ends a look before its
/// next file; what was read is then left for the next one.
class Watcher {
public:
    Watcher(WatchedFolder, intake::Settings, Outbox&, Ledger&);
    FolderState scan(loop::Moment now);

private:
    struct Result {
        std::vector<std::string> records;
        std::vector<Problem> problems;
    };

    std::optional<Listing> list(FolderState&);
    void take_messages(const Listing&, FolderState&, loop::Moment now);
    void take_tables(const Listing&, FolderState&, loop::Moment now);
    void take_equipment(const Listing&, FolderState&, loop::Moment now);
    /// Files of the set that are still written, where the test that was read can't do without them.
    bool must_wait(const ReadRecord&, const std::vector<std::string>& unsettled, loop::Moment now) const;
    /// Where tests of this folder came in several files, one without process data waits for it as for what is written.
    bool waits_for_parts(const ReadRecord&, loop::Moment now) const;
    /// False: a photo of it is still written.
    bool is_ready(const ReadRecord&, loop::Moment now, std::vector<std::filesystem::path>& photos) const;
    /// Makes it durable, or says in the results of its files why not.
    void save_one(ReadRecord&, const std::vector<std::filesystem::path>& photos, std::map<std::string, Result>&,
                  FolderState&, loop::Moment now);
    void conclude(const std::string& name, Result, const Stamp&, FolderState&, loop::Moment now);
    void put_set(const std::vector<std::string>& names, const std::string& digest, Result, loop::Moment now);
    bool is_stopped() const { return settings_.stop.stop_requested(); }
    void move(const std::string& name, FolderState&);

    WatchedFolder folder_;
    intake::Settings settings_;
    Outbox& outbox_;
    Ledger& ledger_;
    Settling settling_;
    bool has_parts_ = false;  ///< tests of this folder came in several files
    std::string last_set_;    ///< digest of the equipment's files as they were read last
    struct Done {
        Stamp stamp;
        std::filesystem::path to;
        std::string explanation;
    };
    std::map<std::string, Done> done_;  ///< files that are taken and not moved yet
};

}  // namespace imloop::station::watch
