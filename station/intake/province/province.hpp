// What the readers of provincial XML share: why a file is refused, and its members. 99999 is "not measured". Pure.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "station/intake/formats/xml.hpp"
#include "station/intake/outcome/folder.hpp"

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
/// Members of a node, which must outlive them; 99999 says "none". What the platform has as a member of its own may
/// stand as an attribute of its reading: `k100judge` is `passed` of `k100`.
Fields fields_of(const XmlNode& node);

/// Notes on members, of whose file nothing is known here.
using Notes = std::vector<Left>;
/// What says "none" among the members that were read of `node`.
void note_none(const XmlNode& node, const Fields&, Notes&);
/// Attributes of readings that were not read.
void note_unread(const XmlNode& node, const Fields&, Notes&);
/// Members that stand twice with other values, and damaged ones, of the node and all below.
Notes notes_of(const XmlNode& node);

/// RFC 3339 of the forms platforms use (2022-03-01 16:31:43, 2022/3/1 16:31:43, 20220301163143, with an offset or
/// without); a time alone is of `day`. Empty where it is none of them.
std::string moment_of(const std::string& text, const std::string& day, const Settings&);
/// What stands where nothing is meant: a dash, 无, 不支持, 99999.
bool says_nothing(const std::string&);

using CodeWords = std::map<std::string, std::string>;
/// Empty where there is no such word.
std::string word(const CodeWords&, const std::string& text);

/// pass, fail or aborted, of `passed`; a test that is invalid by its own word is refused.
boost::system::result<std::string, Refusal> verdict_of(const XmlNode& data);

}  // namespace imloop::station::intake
