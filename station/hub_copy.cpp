#include "station/hub_copy.hpp"

#include <optional>

#include "journal/json.hpp"
#include "loop/json.hpp"
#include "station/clocks.hpp"
#include "station/files.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds ask_every{15}, ask_apart{2}, ask_time_out{10};
constexpr int shops_page = 500;
constexpr loop::Moment peers_every_ms = 3'600'000;

std::filesystem::path file_of(const Config& config) { return config.data / "hub-copy.json"; }

std::shared_ptr<const HubView> read_view(const std::filesystem::path& file) {
    auto out = std::make_shared<HubView>();
    out->orders = json::object();
    out->shops = json::array();
    const auto kept = journal::parsed_or_discarded(contents(file).value_or(""));
    if (!kept.is_object()) return out;
    out->as_of = kept.value("as_of", loop::Moment{0});
    out->orders = kept.value("orders", json::object());
    out->shops = kept.value("shops", json::array());
    out->own = kept.value("own", json());
    out->repair_required_members = kept.value("repair_required_members", std::vector<std::string>{});
    out->policy = kept.value("policy", json());
    out->cursor = kept.value("cursor", "");
    return out;
}

/// What can't be kept is asked for again.
void write_view(const std::filesystem::path& file, const HubView& view) {
    const json kept{{"as_of", view.as_of},
                    {"orders", view.orders},
                    {"shops", view.shops},
                    {"own", view.own},
                    {"repair_required_members", view.repair_required_members},
                    {"policy", view.policy},
                    {"cursor", view.cursor}};
    try {
        replace_file(file, kept.dump());
    } catch (const std::exception&) {
        return;
    }
}

/// The items of a list; left as they are where the hub has no such list.
bool ask_list(HttpClient& hub, const std::string& path, json& items) {
    const auto answer = hub.request("GET", path, {}, "");
    if (answer && answer->status == 200) items = loop::json_of(answer->body).value("items", json::array());
    return static_cast<bool>(answer);
}

}  // namespace

void merge_orders(HubView& view, const json& page) {
    if (page.value("whole", false)) view.orders = json::object();
    for (const auto& item : page.at("items")) {
        const std::string episode = item.at("episode"), state = item.at("state");
        if (state == "withdrawn" || state == "elsewhere")
            view.orders.erase(episode);
        else
            view.orders[episode] = item;
    }
    view.repair_required_members = page.value("repair_required_members", std::vector<std::string>{});
    if (page.contains("policy")) view.policy = page["policy"];
    view.cursor = page.at("next");
}

std::shared_ptr<const HubView> kept_view(const Config& config) { return read_view(file_of(config)); }

bool ask_hub(const Config& config, HubView& view) {
    HttpClient hub(peer_of(config), ask_time_out);
    for (bool more = true; more;) {
        const auto answer = hub.request("GET", "/api/v1/work-orders?limit=500&cursor=" + view.cursor, {}, "");
        if (!answer || answer->status != 200) return false;
        const auto page = loop::json_of(answer->body);
        merge_orders(view, page);
        more = page.value("more", false);
    }
    const auto shops = hub.request("GET", "/api/v1/stations?kind=M&limit=" + std::to_string(shops_page),
                                   {{"If-None-Match", view.shops_tag}}, "");
    if (!shops) return false;
    if (shops->status == 200) {
        const auto answer = loop::json_of(shops->body);
        view.shops = answer.at("items");
        if (answer.contains("policy")) view.policy = answer["policy"];
        if (const auto tag = shops->headers.find("etag"); tag != shops->headers.end()) view.shops_tag = tag->second;
    }
    if (config.station_id.starts_with('I')) {
        const auto own = hub.request("GET", "/api/v1/stations?id=" + config.station_id, {}, "");
        if (!own) return false;
        const auto found = own->status == 200 ? loop::json_of(own->body) : json::object();
        for (const auto& station : found.value("items", json::array()))
            if (station.value("station_id", "") == config.station_id) view.own = station;
    }
    if (config.station_id.starts_with('I') && !ask_list(hub, "/api/v1/holds", view.holds)) return false;
    if (is_due(view.peers_asked_at, unix_now(), peers_every_ms)) {
        if (!ask_list(hub, "/api/v1/feedback", view.peers)) return false;
        view.peers_asked_at = unix_now();
    }
    view.as_of = unix_now();
    return true;
}

HubCopy::HubCopy(Config config) : config_(std::move(config)), file_(file_of(config_)), view_(read_view(file_)) {
    thread_ = std::thread([this] { work(); });
}

HubCopy::~HubCopy() {
    {
        const std::lock_guard guard(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

std::shared_ptr<const HubView> HubCopy::view() const {
    const std::lock_guard guard(mutex_);
    return view_;
}

void HubCopy::look() {
    {
        const std::lock_guard guard(mutex_);
        looked_ = true;
    }
    wake_.notify_all();
}

void HubCopy::work() {
    for (;;) {
        auto fresh = std::make_shared<HubView>(*view());
        bool answered = false;
        try {
            answered = ask_hub(config_, *fresh);
        } catch (const std::exception&) {
            // The page shows since when; uploading says why.
        }
        std::unique_lock guard(mutex_);
        if (answered) {
            const bool changed = fresh->cursor != view_->cursor || fresh->shops != view_->shops ||
                                 fresh->own != view_->own || fresh->policy != view_->policy ||
                                 fresh->repair_required_members != view_->repair_required_members;
            view_ = fresh;
            if (changed) write_view(file_, *fresh);
        }
        wake_.wait_for(guard, ask_apart, [this] { return ending_; });
        wake_.wait_for(guard, ask_every - ask_apart, [this] { return ending_ || looked_; });
        looked_ = false;
        if (ending_) return;
    }
}

}  // namespace imloop::station
