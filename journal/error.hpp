// What went wrong with journal bytes, in the words of docs/contract.md.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace imloop::journal {

/// `code` is stable and stands in docs/contract.md (malformed_segment, too_large, bad_seal, unknown_key, journal_gap,
/// journal_fork, source_mismatch, …); the words name the place and what to do, for a person.
struct Error {
    Error() = default;
    Error(std::string code_, std::string zh_, std::string en_)
        : code(std::move(code_)), zh(std::move(zh_)), en(std::move(en_)) {}
    /// Of what was put in words elsewhere, by the other end of a connection or in an exception: in both languages or in
    /// one.
    Error(std::string code_, const std::string& detail) : code(std::move(code_)) {
        const auto slash = detail.find(" / ");
        zh = detail.substr(0, slash);
        en = slash == std::string::npos ? detail : detail.substr(slash + 3);
    }
    std::string code;
    std::string zh, en;

    /// In both languages, as it goes over the wire and to a terminal.
    std::string detail() const { return zh == en ? zh : zh + " / " + en; }
};

[[noreturn]] inline void throw_exception_from_error(const Error& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.detail());
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace imloop::journal
