// What a station keeps of the hub for when it is offline: its work orders and the register of shops, as of a moment.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "loop/time.hpp"
#include "station/clocks.hpp"
#include "station/config.hpp"

namespace imloop::station {

/// One state of it; never changed once it is handed out.
struct HubView {
    loop::Moment as_of = 0;                            ///< 0: the hub has never answered
    nlohmann::json orders;                             ///< by episode, as `GET /api/v1/work-orders` has them
    nlohmann::json shops;                              ///< as `GET /api/v1/stations?kind=M` has them
    nlohmann::json own;                                ///< of an inspection station, likewise; null: not known
    std::vector<std::string> repair_required_members;  ///< of the hub's policy
    nlohmann::json policy;  ///< {repair_days, retest_days, valid_from}; null: the hub has never said it
    nlohmann::json holds = nlohmann::json::array();  ///< of an inspection station, as `GET /api/v1/holds` has them
    nlohmann::json peers = nlohmann::json::array();  ///< as `GET /api/v1/feedback` has them
    loop::Moment peers_asked_at = never;
    std::string cursor, shops_tag;
};

/// Takes a page of work orders in: what left is taken out, what changed replaced. A `whole` page, the first of a hub
/// that knows no cursor of ours, begins anew.
void merge_orders(HubView&, const nlohmann::json& page);

/// As it was last kept on disk; one the hub has never answered where nothing was.
std::shared_ptr<const HubView> kept_view(const Config&);
/// Brings a view up to date; false where the hub did not answer. Throws std::runtime_error where a key can't be read.
bool ask_hub(const Config&, HubView&);

/// Thread safe. Asks the hub from time to time on a thread of its own, and at once when someone looks.
class HubCopy {
public:
    explicit HubCopy(Config);
    ~HubCopy();
    std::shared_ptr<const HubView> view() const;
    /// Someone looks: asks now, unless it did within the last two seconds.
    void look();

private:
    void work();

    Config config_;
    std::filesystem::path file_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::shared_ptr<const HubView> view_;
    bool ending_ = false, looked_ = false;
    std::thread thread_;
};

}  // namespace imloop::station
