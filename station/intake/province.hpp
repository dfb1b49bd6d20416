// What the readers of provincial XML share: why a file is refused, and its members. 99999 is "not measured". Pure.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "station/intake/fields.hpp"
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

[[noreturn]] inline void throw_exception_from_error(const Refusal& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.en);
}

Refusal bad_value(const XmlNode& node, const std::string& name);
Refusal no_report_number(const XmlNode& data);

/// Of the member, or of the node where it has none of that name.
std::size_t line_of(const XmlNode& node, const std::string& name);
/// Members of a node, which must outlive them; 99999 as if it were not there.
Fields fields_of(const XmlNode& node);
/// What stands where nothing is meant: a dash, 无, 不支持, 99999.
bool says_nothing(const std::string&);

using Words = std::map<std::string, std::string>;
/// Empty where there is no such word.
std::string word(const Words&, const std::string& text);

/// pass, fail or aborted, of `passed`; a test that is invalid by its own word is refused.
boost::system::result<std::string, Refusal> verdict_of(const XmlNode& data);

}  // namespace imloop::station::intake
