// Which process speaks for a data folder: the one that holds its lock. Others ask it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "hub/hub.hpp"

namespace imloop::hub {

class Session {
public:
    /// Throws StoreError where there is no hub in the folder.
    Session(std::filesystem::path data, std::string store);
    ~Session();

    /// Carries a command out: here, or in the serving process. Thread safe.
    Answer ask(std::string_view command, const nlohmann::json& body);
    /// Serves until SIGINT or SIGTERM. False where another process serves already.
    /// `console`: where the bureau's pages are served, `ADDRESS:PORT`; empty: nowhere.
    bool serve(const std::string& address, unsigned short port, unsigned short admin_port, const std::string& console);

private:
    Hub& hub(HubOptions::Opens);
    std::filesystem::path data_;
    std::string store_;  ///< as it was named; may be empty
    int lock_ = -1;
    bool holds_ = false;
    std::mutex making_;
    std::unique_ptr<Hub> hub_;
};

}  // namespace imloop::hub
