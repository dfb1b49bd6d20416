// What is wrong with a file that was put into a watched folder: where, why, what to do.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "service/finding.hpp"

namespace imloop::station::watch {

struct Problem {
    std::string file;      ///< name in the folder
    std::size_t line = 0;  ///< of the file, from 1; 0: not known
    std::string place;     ///< JSON pointer or column; empty: the whole line or file
    std::string value;     ///< as it stands there; empty: not known
    std::string code;      ///< of intake/folder.hpp, of admission, or record_id_reused, too_large, …
    service::Words why;
    std::string record;  ///< the record made of the file, where `place` points into that; else empty
};

void to_json(nlohmann::json&, const Problem&);
void from_json(const nlohmann::json&, Problem&);

/// `第 14 行 怠速CO`, `/readings/0/value`; empty where it is the whole file.
service::Words where(const Problem&);
/// Where and why in one sentence.
service::Words sentence(const Problem&);
/// What mends a problem of this code.
service::Words what_to_do(std::string_view code);

/// The text beside a rejected file: Chinese, then English.
std::string explanation(const std::string& name, const std::vector<Problem>&, std::size_t records_taken);

}  // namespace imloop::station::watch
