// A hub on a real SQLite file, asked in-process.
#pragma once

#include <future>
#include <nlohmann/json.hpp>

#include "hub/hub.hpp"
#include "journal/digest.hpp"
#include "journal/key.hpp"
#include "tests/support/files.hpp"

namespace imloop::test {

struct TestHub {
    explicit TestHub(loop::Moment at = loop::parse_moment("2026-03-10T00:00:00+08:00").value()) : now(at) {
        hub::Hub::init(folder.path() / "hub", "H610400-01", "测试中心", {"localhost", "127.0.0.1"}, now);
        open();
    }
    void open() {
        hub.emplace(hub::HubOptions{folder.path() / "hub", [this] { return now; }, 2});
    }
    void reopen() {
        hub.reset();
        open();
    }

    hub::Answer admin(const std::string& command, const nlohmann::json& body = nlohmann::json::object()) {
        std::promise<hub::Answer> answered;
        hub->admin(command, body.dump(), [&](hub::Answer a) { answered.set_value(std::move(a)); });
        return answered.get_future().get();
    }
    hub::Answer send(const hub::Caller& caller, const std::string& bytes, const std::string& encoding = "") {
        std::promise<hub::Answer> answered;
        hub->journal(caller, encoding, bytes, [&](hub::Answer a) { answered.set_value(std::move(a)); });
        return answered.get_future().get();
    }
    hub::Answer clearance(const hub::Caller& caller, const nlohmann::json& vehicle) {
        return hub->clearance(caller, vehicle.dump());
    }
    hub::Caller add(const std::string& station, const journal::PublicKey& key,
                    nlohmann::json more = nlohmann::json::object()) {
        more.update(
            {{"id", station}, {"name", station}, {"valid_from", "2020-01-01"}, {"spki", journal::base64(key.spki())}});
        const auto answer = admin("station_add", more);
        if (answer.status != 200) throw std::runtime_error(answer.body);
        return {station, key.kid()};
    }
    /// What the journals hold, byte for byte.
    std::string exported() {
        const TempDir out;
        admin("export", {{"path", out.path().string()}});
        std::string all;
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(out.path() / "journals"))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& file : files) all += file.filename().string() + "\n" + read_file(file);
        return all;
    }
    bool clean() { return nlohmann::json::parse(admin("verify").body).at("clean").get<bool>(); }

    TempDir folder;
    loop::Moment now;
    std::optional<hub::Hub> hub;
};

inline std::string code_of(const hub::Answer& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    return std::to_string(answer.status) + " " + (body.is_object() ? body.value("code", "") : "");
}

}  // namespace imloop::test
