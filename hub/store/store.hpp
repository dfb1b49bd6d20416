// What the hub keeps, typed: sealed segments with their receipts, process data, clearances, alarms. One writer at a
// time; readers take connections of their own. Every row carries a digest that is checked when the row is read: one
// that a disk changed is named and leaves the others as they are.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/form.hpp"
#include "hub/store/kept_table.hpp"
#include "hub/store/place.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

using engine::Connection;
using engine::Savepoint;
using engine::Statement;
using engine::StoreError;
using engine::Transaction;

/// A segment as it came, byte for byte, and the receipt that was given for it.
struct StoredSegment {
    std::string source, epoch;  ///< this and the numbers as the row says them
    std::uint64_t first = 0, last = 0;
    std::int64_t position = 0;  ///< in the order of arrival
    std::string bytes;
    std::string receipt;
    bool damaged = false;  ///< the row is not what was written; `bytes` and `receipt` are as far as they can be read
};

/// Whether a hub's database is there: not so where the file is missing, or the database holds
/// nothing of a hub.
bool holds_hub(const std::string& place);
/// Rows that are not what was written, of a database of the newest form; of the audit log one at most.
std::size_t damaged_rows(Connection&);

/// Version 1 is the form that hubs had before versions were kept.
const engine::Form& store_form();

class Store {
public:
    /// Has a look at each connection before anything is written on it.
    using Guard = std::function<void(Connection&)>;
    /// Makes the file or the tables where they are missing. One of an older form is brought up to date, one of a newer
    /// form refused.
    explicit Store(
        std::string place, Guard guard = [](Connection&) {})
        : Store(std::move(place), Use::writing, std::move(guard)) {}
    /// The store as it is at this moment, read only, on a connection of its own: neither waits for the other.
    Store reader() const;
    /// Of a reader: from here on as it is at this moment; and until then nothing is read: an old moment kept open keeps
    /// the store from tidying up behind its writer.
    void refresh();
    void rest() { snapshot_.reset(); }
    /// After a transaction with segments was undone: the next one has the place they would have had.
    void rolled_back();
    /// After ConnectionLost: the same store on a new connection. Throws as the constructor does.
    void reconnect();
    /// A copy as a file of SQLite, while others write.
    void copy_to(const std::string& file);

    /// Rows of meta that are not what was written, by name.
    std::vector<std::string> damaged_meta();

    Connection& database() { return *database_; }
    std::optional<std::string> meta(std::string_view name);
    void put_meta(std::string_view name, std::string_view value);

    void put_segment(std::string_view source, std::string_view epoch, std::uint64_t first, std::uint64_t last,
                     std::string_view bytes, std::string_view receipt);
    /// The segment that holds this line. Throws Damaged.
    std::optional<StoredSegment> segment_with(std::string_view source, std::string_view epoch, std::uint64_t seq);
    /// Segments in the order of their arrival, damaged ones too, those behind position `after`; gives the position of
    /// the last one.
    std::int64_t each_segment(const std::function<void(StoredSegment)>&, std::int64_t after = 0);
    std::int64_t segments();
    std::int64_t position() const { return position_; }  ///< of the last segment; 0 where there is none
    /// The next ones behind a position, `limit` at most: of all, or of one source.
    std::vector<StoredSegment> segments_after(std::int64_t after, std::size_t limit);
    std::vector<StoredSegment> segments_of(std::string_view source, std::int64_t after, std::size_t limit);

    void put_trace(std::string_view sha256, std::string_view source, loop::Moment received_at, std::string_view csv);
    /// Throws Damaged.
    std::optional<std::string> trace(std::string_view sha256);
    /// Nothing where it is damaged, too.
    std::optional<std::string> whole_trace(std::string_view sha256);
    /// `csv` is nothing where it is damaged.
    void each_trace(const std::function<void(const std::string& sha256, const std::optional<std::string>& csv)>&);
    /// In the order of their digests.
    std::vector<std::string> trace_digests();
    /// What was drawn from a trace; another version replaces it.
    void put_figures(std::string_view sha256, std::int64_t version, std::string_view bytes);
    /// Those of this version; `bytes` is nothing where the row is damaged, whatever its version.
    void each_figures(std::int64_t version,
                      const std::function<void(const std::string& sha256, const std::optional<std::string>& bytes)>&);
    void put_clearance(std::string_view source, loop::Moment at, std::string_view vehicle_id, std::string_view answer);
    /// A one-time code, kept as its digest.
    void put_invite(std::string_view code_sha256, std::string_view source, loop::Moment expires_at);
    /// Whose a code is. Nothing where it is unknown, used or over. Throws DamagedRow, as the next ones do.
    std::optional<std::string> invited(std::string_view code_sha256, loop::Moment now);
    void use_invite(std::string_view code_sha256, loop::Moment now);
    struct IssuedCertificate {
        loop::Moment issued_at = 0;
        std::string pem;
    };
    /// The last one of a key.
    void put_certificate(std::string_view kid, const IssuedCertificate&);
    std::optional<IssuedCertificate> certificate(std::string_view kid);
    /// A segment that was refused and that the bureau has to know of. The same again (by the head of its chain) is
    /// counted; of an epoch so many are kept (limits.hpp), further ones counted as one, without bytes. True where it is
    /// a new one.
    bool put_alarm(std::string_view source, std::string_view epoch, std::uint64_t first, loop::Moment at,
                   std::string_view code, std::string_view bytes);
    struct Alarm {
        std::string source, epoch, code;
        std::uint64_t first = 0;  ///< number of the line
        std::string head;         ///< of the chain; empty: further ones of this epoch, counted together
        loop::Moment raised_at = 0, latest_at = 0;
        std::int64_t times = 0;
    };
    struct AlarmPlace {
        loop::Moment latest_at = std::numeric_limits<loop::Moment>::max();
        std::string key;
    };
    static AlarmPlace place_of(const Alarm&);
    /// Raised again at `since` or later, the newest first, those behind a place. Damaged ones are left out.
    std::vector<Alarm> alarms(const AlarmPlace& behind, loop::Moment since, std::size_t limit);
    /// Those of forked journals.
    void each_fork(const std::function<void(const std::string& source, std::uint64_t first, loop::Moment)>&);

private:
    Store(std::string place, Use, Guard);
    std::string place_;
    Guard guard_;
    std::unique_ptr<Connection> database_;
    std::unique_ptr<Transaction> snapshot_;  ///< of a reader
    std::int64_t position_;
    Statement segment_put_, segment_find_;
};

}  // namespace imloop::hub
