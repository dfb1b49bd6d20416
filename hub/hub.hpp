// A hub over one data folder, without listeners: its own journal, one writer, readers that never wait for it, and what
// watches the records. What it is asked is answered in hub/calls, by these parts. A part says whether threads share it.
#pragma once

#include <prometheus/collectable.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hub/answers.hpp"
#include "hub/caller.hpp"
#include "hub/guesses.hpp"
#include "hub/known_keys.hpp"
#include "hub/limits.hpp"
#include "hub/own_journal.hpp"
#include "hub/peers_of_day.hpp"
#include "hub/posted.hpp"
#include "hub/quota.hpp"
#include "hub/readers.hpp"
#include "hub/stick.hpp"
#include "hub/watch/watch.hpp"
#include "hub/writer.hpp"

namespace imloop::hub {

struct HubOptions {
    std::filesystem::path data;  ///< hub.sqlite, hub.key.pem, ca.*.pem, tls.*.pem, policy.json
    std::function<loop::Moment()> now;
    unsigned admission_threads = 2;
    /// To be served; just made, with nothing in it yet; or to be checked alone: then nothing is mended, and rows of
    /// meta that a disk changed are reported instead of ending it.
    enum class Opens { served, made, checked };
    Opens opens = Opens::served;
    std::string store = {};  ///< its place (store/place.hpp); empty: as the data folder says
};

class Hub {
public:
    /// Makes the store, the hub's key and the first lines of its own journal. Throws where there is a hub already.
    /// `hosts` are the names and addresses stations reach it by, at least one. `store`: `hub.sqlite` where it is empty;
    /// a server's address is kept in the data folder.
    static void init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
                     const std::vector<std::string>& hosts, loop::Moment now, const std::string& store = {});

    explicit Hub(HubOptions);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;
    /// Commits what waits and gives every answer still owed. Nothing may be asked afterwards.
    void close();

    /// Why this caller is not served: 401 unknown_key, 403 source_revoked. A journal is asked about itself. Thread
    /// safe.
    std::optional<Answer> barred(const Caller&) const;
    /// A place among what waits for the writer, for so many bytes; nothing where there is none.
    std::optional<Waiting> wait_with(std::size_t bytes);
    /// A copy of the database that knows it is one: served one day in its place, it goes on with a new epoch.
    void backup(const Scope&, const std::filesystem::path&);
    /// A place in the feed as place_named() gives it; of an epoch before, as far as it still holds. 0 where it is of
    /// none.
    std::int64_t place_in(Store&, const std::string& cursor) const;
    /// `EPOCH.POSITION`.
    std::string place_named(std::int64_t position) const;
    /// Of the loop's rows: places in work orders hold for it.
    std::string boot_now() const;
    /// In the transaction that makes them: changes are numbered otherwise now.
    void rows_made_anew();

    const HubOptions options;
    const journal::PrivateKey key;
    std::string id;                        ///< H610400-01
    std::string epoch;                     ///< of its own journal
    std::vector<std::string> meta_damage;  ///< rows of meta that are not what was written
    const nlohmann::json policy_words;     ///< as policy.json or the table has them
    const loop::Policy policy;
    const std::string policy_valid_from;       ///< a day, as the policy says it; may be empty
    const loop::rules::Parameters parameters;  ///< of the suspect rules, the policy's
    Store store;                               ///< the writer's
    StoredRows rows;                           ///< likewise
    LoopState loop;                            ///< likewise
    Readers readers;
    KnownKeys known_keys;
    Quota waiting_segments{waiting_segments_max}, waiting_bytes{waiting_bytes_max};
    boost::asio::thread_pool admission;
    boost::asio::thread_pool reads;        ///< what stations and bridges look up
    boost::asio::thread_pool operators;    ///< commands, which may take minutes: uploads don't wait for them
    boost::asio::thread_pool import_pool;  ///< an import waits in `operators` for these
    std::unique_ptr<Writer> writer;
    std::unique_ptr<OwnJournal> own;
    std::unique_ptr<Stick> stick;
    std::unique_ptr<Watch> watch;
    Posted posted;
    Guesses guesses;       ///< of codes
    std::mutex enrolling;  ///< one code at a time: none is used twice
    PeersOfDay peers;
    struct {
        std::atomic<std::uintmax_t> done = 0, total = 0;
    } import_bytes;  ///< of the import under way, the last one's where there is none

    std::vector<const prometheus::Collectable*> measured;  ///< beside its own parts; set while nothing is asked

private:
    /// Row of meta: the kid of the hub's key. Hubs made before it was kept have none.
    static constexpr const char* key_of_hub = "kid";
    /// The steps of opening (opening.cpp). The place of a database that is there; throws StoreError where it is lost.
    static std::string database_of(const HubOptions&);
    void read_meta();
    void refuse_damaged_meta() const;  ///< not where the hub is opened to be checked
    void begin_epoch_where_put_back();
    /// The loop's rows are there and of this program, policy and tables; else they are made anew, from where that was
    /// cut short.
    void make_rows();
    std::string form_of_rows() const;
    std::string form_of_watch() const;

    mutable std::mutex of_boot_;
    std::string boot_;
};

}  // namespace imloop::hub
