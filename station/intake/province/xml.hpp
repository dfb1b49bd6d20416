// Test results as XML files in the form provincial platforms take (`<result><result_data>` and `<process_data>` rows):
// tests, and what of a test stands in a document of its own: its OBD check, its process data. Parts are joined by their
// number, whichever comes first; neither plate nor VIN may be another's. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "station/intake/formats/xml.hpp"
#include "station/intake/outcome/folder.hpp"

namespace imloop::station::intake {

class ProvinceReading {
public:
    explicit ProvinceReading(const Settings&);
    ~ProvinceReading();
    ProvinceReading(const ProvinceReading&) = delete;
    ProvinceReading& operator=(const ProvinceReading&) = delete;

    /// All results of a document. Nothing where there are some, each a record or left in the end; else not_a_test: it
    /// is of another form.
    std::optional<Left> read(const std::string& file, const XmlNode& root);
    Intake finish() &&;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station::intake
