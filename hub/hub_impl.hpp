// Inside of Hub: the store, the state in memory, the writer, and the hub's own journal.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <nlohmann/json.hpp>
#include <shared_mutex>

#include "hub/hub.hpp"
#include "hub/projection/state.hpp"
#include "hub/writer.hpp"

namespace imloop::hub {

struct Hub::Impl {
    explicit Impl(HubOptions);

    HubOptions options;
    journal::PrivateKey key;
    std::string id;     ///< H610400-01
    std::string epoch;  ///< of the hub's own journal
    Store store;
    mutable std::shared_mutex lock;  ///< of state and, for readers, of store
    State state;
    std::mutex own;  ///< one own line at a time
    boost::asio::thread_pool admission;
    std::unique_ptr<Writer> writer;

    /// Checks a segment up to its seal and admits its lines. Nothing: `refusal` says why.
    std::optional<Arrival> arrive(const Caller&, std::string bytes, bool trusted, Answer& refusal);
    /// Writes lines into the hub's own journal and waits until they are durable.
    Answer write_own(const std::vector<nlohmann::json>& records);
    nlohmann::json own_record(const std::string& kind) const;

    Answer station_add(const nlohmann::json&);
    Answer station_list() const;
    Answer station_status(const nlohmann::json&);
    Answer import_file(const std::string& path);
    Answer export_file(const nlohmann::json&);
    Answer verify();
    Answer rebuild();
    Answer report(const nlohmann::json&) const;
};

}  // namespace imloop::hub
