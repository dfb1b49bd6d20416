// Vehicle identity: which records are of one vehicle (docs/identity.md, rows 1 to 8).
// A function of the set of facts: any order of add/erase that ends in the same set gives the same vehicles.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/fact.hpp"
#include "loop/rows/rows.hpp"

namespace imloop::loop {

enum class Certainty { certain, likely };

/// Why a record belongs to its vehicle.
struct Evidence {
    std::string record_id;
    Certainty certainty{};
    int row = 1;  ///< of docs/identity.md; 0: an officer's decision
    bool operator==(const Evidence&) const = default;
};

struct Vehicle {
    std::string vehicle_id;         ///< record_id of its first record by (occurred_at, record_id)
    std::string vin;                ///< the proven one, then that of more records, then the least; may be empty
    std::vector<Evidence> records;  ///< ascending by record_id, at least one
    bool operator==(const Vehicle&) const = default;
};

/// Where a record with some words would stand, were it stored.
struct Placement {
    /// review: the words can't be placed, or would stand on the review list.
    enum class Kind { none, vehicle, review } kind = Kind::none;
    /// The records of the vehicle as it would be with the words, ascending; of several vehicles of today where the
    /// words join them. Empty but for `vehicle`.
    std::vector<std::string> records;
    /// Today's vehicle that holds the first of them by (occurred_at, record_id).
    std::string vehicle_id;
};

/// Not thread safe; without `rows` const calls may run beside each other. Holds what it needs of each fact; facts must
/// carry `vehicle` (others are ignored), but decisions `join` and `part` (about record_id, other_record_id) are taken
/// without. No number of records changes what the table says.
class Identity {
public:
    /// `rows`: where its rows lie (loop/rows), which outlive it. What reads a row that is not as it was written, or
    /// misses one that another names, throws BadRow; after that it is of no use.
    explicit Identity(const Rows* rows = nullptr);
    ~Identity();
    Identity(Identity&&) noexcept;
    Identity& operator=(Identity&&) noexcept;

    /// These will be put or erased: where rows come in sets, what that needs is read at once.
    void read_ahead(const std::vector<Fact>&) const;
    /// Likewise, that these vehicles will be asked for.
    void read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const;
    /// Adds or replaces the fact of this record_id.
    void put(const Fact&);
    void erase(const std::string& record_id);

    /// What changed since the last call: vehicles that are no more, vehicles that are new or other than before (both by
    /// id, ascending), records that stand in another vehicle than before, and the review list's changes.
    struct Changes {
        std::vector<std::string> gone;
        std::vector<std::string> present;
        std::vector<std::string> moved;
        std::vector<std::string> review_added;
        std::vector<std::string> review_removed;
    };
    Changes settle();

    // All that follow answer of the last settle(), and must not be asked before it.
    /// Ascending by vehicle_id, a page at a time; the visitor puts and settles nothing here, but may forget().
    void each_vehicle(const std::function<void(const Vehicle&)>&) const;
    std::vector<Vehicle> vehicles() const;    ///< the same in a list
    std::vector<std::string> review() const;  ///< record ids, ascending
    /// The vehicle of a record; empty where the record is unknown.
    std::string vehicle_of(const std::string& record_id) const;
    std::optional<Vehicle> vehicle(const std::string& vehicle_id) const;
    /// How many records the vehicle has: none where it is unknown.
    std::size_t size_of(const std::string& vehicle_id) const;
    /// Where a record with these words and this moment would stand: what put() and settle() would make of it, read
    /// without doing them.
    Placement place(const VehicleWords&, Moment) const;
    /// How many records and VINs the last settle() looked at: the measure of its work.
    std::size_t last_work() const;

    /// What settle() has made of the rows since the last call.
    void write(const RowChanges&);
    /// Lets go of all rows held; none may wait to be written.
    void forget();
    std::size_t held() const;
    std::vector<std::string_view> table_names() const;

private:
    struct State;
    struct Asking;
    std::unique_ptr<State> state_;
};

}  // namespace imloop::loop
