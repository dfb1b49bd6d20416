// From one `<result>` of a provincial platform's XML to an inspection record. The names are those
// the lines of several makers send; which method it was shows in the names. Pure.
#pragma once

#include <string>

#include "station/intake/outcome/folder.hpp"
#include "station/intake/province/province.hpp"

namespace imloop::station::intake {

struct ProvinceTest {
    Json record;  ///< without its process data
    Notes notes;
};

/// Whether `result_data` is of an OBD check alone, which belongs to a test in another file.
bool is_obd_alone(const XmlNode& result);

/// Whether it is process data that belongs to a test in another file.
bool is_process_data_alone(const XmlNode& result);

boost::system::result<ProvinceTest, Refusal> province_test(const XmlNode& result, const Settings&);

}  // namespace imloop::station::intake
