// How far whoever asks may see. No reader is lent without one (hub/readers.hpp), so nothing is read for nobody; where
// each may be made is checked by tests/tools/arrows.py.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace imloop::hub {

class Scope {
public:
    /// What a station, shop or bridge may know; made where its certificate was judged (hub/api).
    static Scope of_source(std::string source) { return Scope(std::move(source), false); }
    /// Everything: for whoever has the data folder or its token (hub/api).
    static Scope operator_() { return Scope({}, true); }
    /// Everything, for the hub's own work: no answer is made of it.
    static Scope internal() { return Scope({}, true); }

    /// Whose own records are asked about; empty where it is none's.
    const std::string& source() const { return source_; }
    /// Whether this station's own affairs are within it.
    bool sees(std::string_view station) const { return sees_all_ || station == source_; }

private:
    Scope(std::string source, bool sees_all) : source_(std::move(source)), sees_all_(sees_all) {}
    std::string source_;
    bool sees_all_;
};

}  // namespace imloop::hub
