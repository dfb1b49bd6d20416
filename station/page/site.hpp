// What the local pages of both stations share: the station at hand, how it stands, and the pages that are the same for
// both: status with the queue, one record explained, settings and diagnostics, joining.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "station/form_ids.hpp"
#include "station/hub_copy.hpp"
#include "station/outbox.hpp"
#include "station/page/frame.hpp"
#include "station/page/routes.hpp"
#include "station/page/situation.hpp"
#include "station/uploading.hpp"
#include "station/watch/watching.hpp"

namespace imloop::station::page {

/// Used by the page server's one thread.
class Site {
public:
    /// `token`: of the server's forms. `watching`: of a program that watches folders, else null.
    Site(const Config&, Uploading&, HubCopy&, std::string token, watch::Watching* watching = nullptr);

    const Config& config() const { return config_; }
    Uploading& uploading() { return uploading_; }
    HubCopy& copy() { return copy_; }
    Outbox& outbox() { return outbox_; }
    watch::Watching* watching() { return watching_; }
    /// Of a program that watches folders.
    watch::Ledger& ledger() { return *ledger_; }

    Situation situation();
    /// A whole page of this station. `path`: the tab it belongs to.
    Answer shown(const Request&, std::string_view path, std::string_view title, const Html& body);
    /// Where the state is known already.
    Answer shown(const Request&, std::string_view path, std::string_view title, const Html& body, State) const;
    Answer no_page(const Request&);

    /// Judges a record as the hub will and saves it. What is wrong with it; empty: it is saved.
    std::vector<std::string> save(const nlohmann::json& record, const Language&);
    /// Whether a form's record is there already.
    bool is_saved(const std::string& record_id) { return station::is_saved(outbox_, record_id); }

    const std::string token;
    // Of the program, which sets them before the first request.
    std::vector<Tab> (*tabs)(const Language&) = nullptr;
    /// How many things ask for somebody: the number in the tab's title, with a sound where it grows.
    std::size_t (*news)(Site&) = nullptr;
    Kept kept;

private:
    const Config& config_;
    Uploading& uploading_;
    HubCopy& copy_;
    Outbox outbox_;
    watch::Watching* watching_;
    std::optional<watch::Ledger> ledger_;
};

/// Status with the queue, one record explained and corrected, settings, and what other programs of the PC save.
Routes shared_routes(Site&);

/// The page of a program that has not joined yet: one field, one button, four steps. `join` does it and gives the steps
/// done and, where it failed, why.
struct JoinResult {
    int steps = 0;
    std::string problem;  ///< empty: joined
};
/// `seen`: called when a page has said that the station has joined.
Routes join_routes(const std::string& token, std::function<JoinResult(const std::string& code)> join,
                   std::function<void()> seen);

/// The page of a program whose data finds no room on the disk at its first start; asks again by itself.
Answer no_room_page(const Request&, const Config&);

/// A line of the outbox by its status there.
State line_state(const std::string& status, const Language&);
/// Of a receipt: first eight digits of its SHA-256 in two groups.
std::string short_digest(const std::string& bytes);
/// `陕D·8K3Q7` from `陕D8K3Q7`.
std::string shown_plate(const std::string& plate);
/// What a record is, in a line: plate, method or work order.
struct Summary {
    std::string what;    ///< plate
    std::string detail;  ///< method and report number, …
    std::string when;    ///< RFC 3339
};
Summary summary_of(const nlohmann::json& record, const Language&);

}  // namespace imloop::station::page
