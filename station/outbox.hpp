// The outbox: a station's own journal on its own disk. A line is durable before append() returns, and stays for ever.
// Several processes may append at once; only the holder of UploadLock seals and sends. Not thread safe: a connection a
// thread. What SQLite refuses is thrown as sqlite::StoreError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/key.hpp"
#include "journal/receipt.hpp"
#include "sqlite/sqlite.hpp"

namespace imloop::station {

struct Trace {
    std::string sha256;
    std::string csv;
};

struct Cut {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string bytes;  ///< the sealed segment, the same at every attempt
};

struct Queued {
    std::uint64_t seq = 0;
    std::string record_id;
    std::string status;   ///< accepted, duplicate, rejected; empty: not acknowledged yet
    std::string outcome;  ///< as the receipt has it, JSON; not of latest()
    std::string line;     ///< of recent(), unmended() and latest()
};

class Outbox {
public:
    /// Makes `outbox.sqlite` in the folder where it is missing, with a new epoch. `new_epoch` makes a UUIDv7. One of an
    /// older form is brought up to date, one of a newer form refused.
    Outbox(const std::filesystem::path& folder, const std::string& station_id,
           const std::function<std::string()>& new_epoch);

    struct Appended {
        std::uint64_t seq = 0;
        bool is_new = true;  ///< false: the same bytes were there already
    };
    /// Errors: `too_large` (beyond the wire's limits for ever), `malformed_line` (empty or with a line break),
    /// `record_id_reused` (other bytes under an id that was not rejected).
    journal::Result<Appended> append(std::string_view line, const std::string& record_id,
                                     const std::optional<Trace>& trace = {});

    /// The segment to send next; nothing where all is acknowledged. Stored before it is returned.
    std::optional<Cut> next_cut(const journal::PrivateKey&);
    void acknowledge(const Cut&, std::string_view receipt_bytes, const journal::Receipt&);
    /// The hub stands at an earlier number than it had acknowledged: what it lost is sent again, process data too.
    void send_again_from(std::uint64_t seq);
    /// This outbox is an older copy of what the hub has (a disk put back from a backup): its chain can't go on where
    /// the hub's has gone on otherwise. Begins a new epoch in which every line is sealed and sent again from 1, which
    /// the hub takes as duplicates, and ends a stop. The old chain with its receipts is kept in the file that is
    /// returned.
    std::filesystem::path begin_epoch();
    /// The last line there is a receipt for; 0 where there is none.
    std::uint64_t acknowledged();

    std::optional<Trace> next_trace();
    void trace_sent(const std::string& sha256);

    /// Why uploading stands still until someone mends it (a systemic refusal), as shown to the operator.
    std::optional<std::string> stopped();
    void stop(const std::string& why);
    /// Clears the stop and seals waiting segments anew, as with a new key.
    void retry();

    const std::string& station_id() const { return station_id_; }
    std::string epoch();
    std::uint64_t last();
    struct Counts {
        std::uint64_t lines = 0, acknowledged = 0, accepted = 0, duplicate = 0, rejected = 0, traces_waiting = 0;
    };
    Counts counts();
    /// `ok`, or what is wrong with the file. Reads all of it.
    std::string quick_check();
    std::vector<Queued> queue(std::uint64_t after, std::size_t limit);
    std::string line(std::uint64_t seq);
    /// From `first` on, in their order.
    std::vector<std::string> lines(std::uint64_t first, std::size_t limit);
    /// Newest first, those before `before`; `status`: accepted, duplicate, rejected, waiting, or empty for all.
    std::vector<Queued> recent(const std::string& status, std::uint64_t before, std::size_t limit);
    /// Rejected ones of whose record nothing was accepted since, newest first.
    std::vector<Queued> unmended(std::size_t limit);
    /// The latest line of a record and what became of it.
    std::optional<Queued> latest(const std::string& record_id);
    /// The latest line of a record; empty where there is none.
    std::string line_of(const std::string& record_id);
    /// The receipt that holds a line; empty where there is none yet.
    std::string receipt_of(std::uint64_t seq);
    /// Sealed segments in their order, each with its receipt or an empty one.
    void each_sealed(const std::function<void(const std::string& segment, const std::string& receipt)>&);
    /// Likewise, and what is not sealed yet, sealed now: what goes onto a stick.
    void each_cut(const journal::PrivateKey&,
                  const std::function<void(const std::string& segment, const std::string& receipt)>&);

private:
    std::optional<std::string> meta(const char* name);
    void put_meta(const char* name, std::string_view value);
    std::optional<Cut> cut_rest(const journal::PrivateKey&);

    std::filesystem::path folder_;
    sqlite::Database database_;
    std::string station_id_;
    std::function<std::string()> new_epoch_;
};

/// To whoever finds the data in use.
inline constexpr const char* data_in_use =
    "另一个程序正在使用这份数据，本程序已停止，没有写入任何内容。 / Another program is using this data; this one has "
    "stopped and wrote nothing.";

/// Held by the one process that uploads. Ends with it, even when it is killed.
class UploadLock {
public:
    explicit UploadLock(const std::filesystem::path& folder);
    ~UploadLock();
    UploadLock(const UploadLock&) = delete;
    UploadLock& operator=(const UploadLock&) = delete;
    bool held() const { return held_; }
    /// Without waiting for it or keeping it.
    static bool held_by_another(const std::filesystem::path& folder);

private:
    int file_ = -1;
    bool held_ = false;
};

}  // namespace imloop::station
