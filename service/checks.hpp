// Judgements of `doctor` that every program shares. Those named judge_… are pure; find_… look at the machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "service/certificate.hpp"
#include "service/finding.hpp"

namespace imloop::service {

/// A file that only its owner may read.
Finding find_secret(const std::filesystem::path&);

/// `bytes_per_record`: what one more record takes of the disk, by experience.
Finding judge_space(std::uintmax_t bytes_free, std::uintmax_t bytes_per_record);
Finding find_space(const std::filesystem::path& folder, std::uintmax_t bytes_per_record);

/// Moments are milliseconds since 1970. `look_from`: when a successor should have come; `todo` says how one does.
Finding judge_time(const Certificate&, std::int64_t now, std::int64_t look_from, const Words& todo);

/// A clock against another whose answers carry whole seconds. Over a minute apart is to be looked at, over five broken.
Finding judge_clock(std::int64_t here, std::int64_t there);
/// IMF-fixdate (RFC 9110, 5.6.7), as `Date` has it.
std::optional<std::int64_t> moment_of_http(const std::string& date);

/// `2026-11-25 18:30 +08:00`.
std::string day_and_time(std::int64_t moment);

}  // namespace imloop::service
