// From one `<result>` of a provincial platform's XML to an inspection record with its process data. The names are those
// the lines of several makers send; which method it was shows in the names. Pure.
#pragma once

#include <optional>
#include <string>

#include "station/intake/folder.hpp"
#include "station/intake/province.hpp"

namespace imloop::station::intake {

struct ProvinceTest {
    Json record;  ///< without its trace member
    std::string trace_csv;
    std::optional<Refusal> trace_left;  ///< why there is no trace although there are rows
};

/// Whether `result_data` is of an OBD check alone, which belongs to a test in another file.
bool is_obd_alone(const XmlNode& result);

boost::system::result<ProvinceTest, Refusal> province_test(const XmlNode& result, const Settings&);

}  // namespace imloop::station::intake
