// A hub asked in-process: on a SQLite file of its own, or wherever its data folder says.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "hub/api/problems.hpp"
#include "hub/api/routes.hpp"
#include "journal/digest.hpp"
#include "journal/key.hpp"
#include "tests/support/files.hpp"

namespace imloop::test {

inline const loop::Moment some_moment = loop::parse_moment("2026-03-10T00:00:00+08:00").value();

/// One that was made in this folder.
struct HubAt {
    HubAt(std::filesystem::path folder_of_data, loop::Moment at) : data(std::move(folder_of_data)), now(at) {}
    void open();
    void reopen();

    hub::Answer admin(const std::string& command, const nlohmann::json& body = nlohmann::json::object());
    /// At the stations' listener, for a caller who was let in.
    void ask(const hub::Caller& caller, hub::Request request, hub::Done done);
    hub::Answer ask(const hub::Caller& caller, hub::Request request);
    hub::Answer get(const hub::Caller& caller, const std::string& path, const std::string& if_none_match = "");
    static hub::Request to_send(const std::string& method, const std::string& path, std::string body);
    hub::Answer send(const hub::Caller& caller, const std::string& bytes, const std::string& encoding = "");
    hub::Answer put_trace(const hub::Caller& caller, const std::string& csv);
    hub::Answer clearance(const hub::Caller& caller, const nlohmann::json& vehicle);
    std::string metrics();
    hub::Caller add(const std::string& station, const journal::PublicKey& key,
                    nlohmann::json more = nlohmann::json::object());
    /// A line of the policy, proposed by one officer and confirmed by another; from today on where no day is given.
    hub::Answer set_policy(const nlohmann::json& words, const std::string& valid_from = "");
    /// What the journals hold, byte for byte.
    std::string exported();
    bool clean();

    std::filesystem::path data;
    std::atomic<loop::Moment> now;  ///< its threads read it
    std::optional<hub::Hub> hub;
};

struct OwnFolder {
    TempDir folder;
};

struct TestHub : OwnFolder, HubAt {
    explicit TestHub(loop::Moment at = some_moment, const std::string& store = {});
};

std::string code_of(const hub::Answer& answer);

}  // namespace imloop::test
