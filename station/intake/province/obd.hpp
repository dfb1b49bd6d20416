// The OBD check in a provincial platform's XML, with its test or in a file of its own. Pure.
#pragma once

#include "station/intake/province/province.hpp"

namespace imloop::station::intake {

/// The OBD check of a vehicle, with the test or in a file of its own.
struct ProvinceObd {
    std::string report_no, plate, vin;  ///< whose it is
    Json member;                        ///< the record's `obd`
    bool failed = false;
    Notes notes;
};

/// Whether it has members of an OBD check.
bool has_obd(const XmlNode& data);

/// What `data` (of the result, or an OBD block) and the blocks beside it say of the check; the numbers of what is not
/// ready mean other monitors for diesel.
boost::system::result<Json, Refusal> obd_member(const XmlNode& result, const XmlNode& data, bool is_diesel, Notes&);

/// Of a result that is an OBD check alone.
boost::system::result<ProvinceObd, Refusal> province_obd(const XmlNode& result);

/// Puts an OBD check into the record of its test; a failed one fails it, unless it was aborted.
void join_obd(Json& record, const ProvinceObd&);

}  // namespace imloop::station::intake
