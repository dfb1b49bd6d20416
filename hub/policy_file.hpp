// policy.json, what a hub's policy begins with: taken once, as the first line of policy in its own journal. From there
// on the file is not read; policies are proposed and confirmed (hub/calls/policies.cpp).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "hub/own_journal.hpp"

namespace imloop::hub {

inline constexpr const char* policy_file = "policy.json";
/// Row of meta: policy_file_digest() when it was taken.
inline constexpr const char* policy_taken = "policy_taken";
/// Who proposed and confirmed what a hub begins with.
inline constexpr const char* nobody = "hub";

/// SHA-256 in hex; empty where there is no such file.
std::string policy_file_digest(const std::filesystem::path& data);
/// The record: policy.json of the data folder over the table of that name. Throws StoreError that names what is wrong.
nlohmann::json first_policy(const std::filesystem::path& data, OwnJournal&);

}  // namespace imloop::hub
