// From NHA files that belong together to one inspection record. Pure.
#pragma once

#include <optional>
#include <string>

#include "station/intake/formats/ini.hpp"
#include "station/intake/outcome/fields.hpp"
#include "station/intake/outcome/folder.hpp"

namespace imloop::station::intake {

enum class NhaMethod { two_speed_idle, asm_, lugdown, free_acceleration, vmas };

/// As in the names of its files and sections: ResultOfDIS, RealTimeDataOfDIS.
std::string nha_name(NhaMethod);

/// `value` is what the file has: `2022-03-01 16:31:43`; with the offset of the settings, as RFC 3339. Empty where it is
/// none.
std::string nha_time(const std::string& value, const Settings&);

/// A member that says "none".
struct NoValue {
    IniMember at;
    std::string written;
};

/// The record without its trace and OBD members, its times those of the log; nothing where a value the record needs is
/// missing or no number, which is at `bad` (a section `TestLog` is of the log).
std::optional<Json> nha_record(const Ini& log, const Ini& result, NhaMethod, const Settings&, IniMember& bad,
                               std::vector<NoValue>& none);

}  // namespace imloop::station::intake
