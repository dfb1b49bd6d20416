// Vehicle identity: which records are of one vehicle (contract, "Vehicle identity", rows 1-8).
// A function of the set of facts: any order of add/erase that ends in the same set gives the same vehicles.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "loop/fact.hpp"

namespace imloop::loop {

enum class Certainty { certain, likely };

/// Why a record belongs to its vehicle.
struct Evidence {
    std::string record_id;
    Certainty certainty{};
    int row = 1;  ///< of the contract's table; 0: an officer's decision
    bool operator==(const Evidence&) const = default;
};

struct Vehicle {
    std::string vehicle_id;         ///< record_id of its first record by (occurred_at, record_id)
    std::string vin;                ///< the proven one, then that of more records, then the least; may be empty
    std::vector<Evidence> records;  ///< ascending by record_id
    bool operator==(const Vehicle&) const = default;
};

/// What a clearance finds for a vehicle described in words, without storing anything.
struct Placement {
    enum class Kind { none, vehicle, review } kind = Kind::none;
    std::string vehicle_id;
};

/// The limit beyond which a plate is no evidence any more: borne by more than this many VINs or VIN-less records, all
/// its VIN-less records stand alone, on the review list. It bounds the work one record can cause.
inline constexpr std::size_t plate_bearers_max = 64;

/// Not thread safe. Holds what it needs of each fact; facts must carry `vehicle` (others are ignored), but decisions
/// `join` and `part` (about record_id, other_record_id) are taken without.
class Identity {
public:
    Identity();
    ~Identity();
    Identity(Identity&&) noexcept;
    Identity& operator=(Identity&&) noexcept;

    /// Adds or replaces the fact of this record_id.
    void put(const Fact&);
    void erase(const std::string& record_id);

    /// What changed since the last call: vehicles that are no more (by id), vehicles that are new or other than before,
    /// and the review list's changes.
    struct Changes {
        std::vector<std::string> gone;
        std::vector<Vehicle> present;
        std::vector<std::string> review_added;
        std::vector<std::string> review_removed;
    };
    Changes settle();

    std::vector<Vehicle> vehicles() const;    ///< ascending by vehicle_id; call after settle()
    std::vector<std::string> review() const;  ///< record ids, ascending
    /// The vehicle of a record; empty where the record is unknown.
    std::string vehicle_of(const std::string& record_id) const;
    const Vehicle* vehicle(const std::string& vehicle_id) const;
    /// Where a record with these words would go at this moment. Leaves everything as it was, but puts and takes away a
    /// record meanwhile: no other call may run beside it. Call after settle().
    Placement place(const VehicleWords&, Moment) const;
    /// How many records the last settle() looked at: the measure of its work.
    std::size_t last_work() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace imloop::loop
