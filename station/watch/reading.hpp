// Files of a watched folder as records, with what is wrong with them, through whatever station/intake reads. Reads the
// files named and nothing else; saves nothing.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "station/intake/outcome/folder.hpp"
#include "station/intake/profiles/mapping.hpp"
#include "station/outbox.hpp"
#include "station/watch/problem.hpp"

namespace imloop::station::watch {

/// What a name says a file is.
enum class Kind {
    message,     ///< XML or JSON: one test or several, or a part of one
    table,       ///< CSV or XLSX, read through a mapping
    equipment,   ///< INI files of an NHA line, one set, rewritten in place
    attachment,  ///< a photo or video, which stays where it is
    other
};
Kind kind_of(const std::filesystem::path&);

struct ReadRecord {
    std::string record_id;  ///< empty: the file holds our own record, as it stands
    std::string line;
    std::optional<Trace> trace;
    std::vector<std::string> files;  ///< names of those it was made of
    std::size_t file_line = 0;       ///< of one of our own records among several: the line it stands in
};

struct Read {
    std::vector<ReadRecord> records;
    std::vector<Problem> problems;  ///< each of one file, also notes on what was taken
};

/// XML and JSON files of one folder, together; also our own records, one a file or one a line.
Read read_messages(const std::filesystem::path& folder, const std::vector<std::string>& names, const intake::Settings&);
Read read_table(const std::filesystem::path& file, const intake::Mapping&, const intake::Settings&, loop::Moment now);
/// These INI files of one folder.
Read read_equipment_set(const std::filesystem::path& folder, const std::vector<std::string>& names,
                        const intake::Settings&);

/// It belongs to a test whose result may still come.
bool waits_for_partner(std::string_view code);

}  // namespace imloop::station::watch
