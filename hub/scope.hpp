// How far whoever asks may see. No reader is lent without one (hub/readers.hpp), so nothing is read for nobody; where
// each may be made is checked by tests/tools/arrows.py.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "hub/accounts/roles.hpp"

namespace imloop::hub {

class Scope {
public:
    /// What a station, shop or bridge may know; made where its certificate was judged (hub/api).
    static Scope of_source(std::string source) { return Scope(std::move(source), false); }
    /// Everything: for whoever has the data folder or its token (hub/api).
    static Scope operator_() { return Scope({}, true); }
    /// Everything, for the hub's own work: no answer is made of it.
    static Scope internal() { return Scope({}, true); }

    /// What an officer's rights are for (hub/accounts): the whole city or some counties, and what they see of persons.
    static Scope of_officer(bool is_city, std::set<std::string, std::less<>> counties, Personal personal) {
        Scope out({}, false);
        out.is_city_ = is_city;
        out.counties_ = std::move(counties);
        out.personal_ = personal;
        return out;
    }

    /// Whether an officer sees this county; an empty one is outside, which belongs to the city.
    bool holds(std::string_view county) const { return is_city_ || counties_.contains(county); }
    bool is_city() const { return is_city_; }
    const std::set<std::string, std::less<>>& counties() const { return counties_; }  ///< where it is not the city
    Personal personal() const { return personal_; }

    /// Whose own records are asked about; empty where it is none's.
    const std::string& source() const { return source_; }
    /// Whether this station's own affairs are within it.
    bool sees(std::string_view station) const { return sees_all_ || station == source_; }

private:
    Scope(std::string source, bool sees_all) : source_(std::move(source)), sees_all_(sees_all) {}
    std::string source_;
    bool sees_all_;
    bool is_city_ = false;
    std::set<std::string, std::less<>> counties_;
    Personal personal_ = Personal::none;
};

}  // namespace imloop::hub
