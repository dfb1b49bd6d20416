// What went wrong with journal bytes, in the contract's words.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace imloop::journal {

/// `code` is one of the contract's stable codes (malformed_segment, too_large, bad_seal, unknown_key, journal_gap,
/// journal_fork, source_mismatch, …); `detail` names the place and what to do, for a person.
struct Error {
    Error() = default;
    Error(std::string code_, std::string detail_) : code(std::move(code_)), detail(std::move(detail_)) {}
    std::string code;
    std::string detail;
};

[[noreturn]] inline void throw_exception_from_error(const Error& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.detail);
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace imloop::journal
