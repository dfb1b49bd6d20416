// From one `<result>` of a provincial platform's XML to an inspection record, its process data and its OBD check. The
// names are those the lines of several makers send; which method it was shows in the names. 99999 is "not measured".
// Pure.
#pragma once

#include <optional>
#include <string>

#include "station/intake/fields.hpp"
#include "station/intake/folder.hpp"
#include "station/intake/xml.hpp"

namespace imloop::station::intake {

/// Why a file gives nothing; codes as in folder.hpp.
struct Refusal {
    Refusal() = default;
    Refusal(std::string code_, std::string zh_, std::string en_, std::size_t line_)
        : code(std::move(code_)), zh(std::move(zh_)), en(std::move(en_)), line(line_) {}
    std::string code;
    std::string zh, en;
    std::size_t line = 0;  ///< 0 where it is not known
};

/// The OBD check of a vehicle, with the test or in a file of its own.
struct ProvinceObd {
    std::string report_no, plate, vin;  ///< whose it is
    Json member;                        ///< the record's `obd`
    bool failed = false;
};

struct ProvinceTest {
    Json record;  ///< without its trace member
    std::string trace_csv;
    std::optional<Refusal> trace_left;  ///< why there is no trace although there are rows
};

/// Whether `result_data` is of an OBD check alone, which belongs to a test in another file.
bool is_obd_alone(const XmlNode& result);

boost::system::result<ProvinceObd, Refusal> province_obd(const XmlNode& result);
boost::system::result<ProvinceTest, Refusal> province_test(const XmlNode& result, const Settings&);

/// Puts an OBD check into the record of its test; a failed one fails it, unless it was aborted.
void join_obd(Json& record, const ProvinceObd&);

[[noreturn]] inline void throw_exception_from_error(const Refusal& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.en);
}

}  // namespace imloop::station::intake
