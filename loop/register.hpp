// The register of stations in force at a moment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/time.hpp"

namespace imloop::loop {

enum class StationStatus { filed, suspended, revoked, closed };

/// Degrees, WGS 84.
struct Location {
    double lat = 0, lon = 0;
    bool operator==(const Location&) const = default;
};
/// Along the great circle.
double distance_km(const Location&, const Location&);

/// One `registration` record.
struct Registration {
    std::string record_id;
    std::string station_id;
    char kind = 'I';  ///< I, M, E, B or H
    std::string name;
    std::string county;
    StationStatus status{};
    Day valid_from = 0;
    Moment occurred_at = 0;
    std::string opening_hours{};  ///< as registered; may be empty
    std::optional<Location> location{};
    std::string owner{};        ///< name or credit code of who owns the station; may be empty
    std::string credit_code{};  ///< of the legal person that runs it; may be empty
    std::optional<int> bays{}, heavy_bays{};
    bool operator==(const Registration&) const = default;
};

/// A station as it stood at a moment. `filed` is false before the first registration.
struct StationView {
    char kind = 'I';
    std::string name;
    std::string county;
    StationStatus status{};
    bool filed = false;
    std::string record_id;  ///< of the registration in force; empty before the first one
    std::string opening_hours;
    std::optional<Location> location;
    std::string owner, credit_code;
    std::optional<int> bays;        ///< vehicles that can be worked on at once
    std::optional<int> heavy_bays;  ///< of them, those a heavy vehicle fits in
};
/// Of one legal person or one owner, as far as the register says.
bool same_owner(const StationView&, const StationView&);

/// Which registrations there are. The one in force at a moment is the latest by (valid_from, occurred_at, record_id)
/// with valid_from not after the moment's day; before the first one its kind and county hold, but not `filed`. Const
/// calls may run beside each other where no rows lie elsewhere.
class Register {
public:
    explicit Register(const Rows* rows = nullptr);

    void put(Registration);  ///< replaces one of the same record_id
    void erase(const std::string& record_id);
    /// Nothing where there is none of this record.
    std::optional<Registration> find(const std::string& record_id) const;
    /// Nothing where the station has no registration at all.
    std::optional<StationView> at(std::string_view station_id, Moment) const;
    std::vector<std::string> stations() const;  ///< ids, ascending
    /// Those that have a registration in the county, ascending. Costs a look at every station.
    std::vector<std::string> ever_in(std::string_view county) const;
    /// The day of its first registration; nothing where there is none.
    std::optional<Day> since(std::string_view station_id) const;

    auto tables() { return std::tie(by_station_, station_of_); }

private:
    using List = std::vector<Registration>;  // ascending by the order above; a station has a handful

    Table<List> by_station_;         // none empty
    Table<std::string> station_of_;  // by record_id
};

}  // namespace imloop::loop
