// A hub over one data folder, without listeners: its own journal, one writer, readers that never wait for it, and what
// watches the records. What it is asked is answered in hub/calls, by these parts. A part says whether threads share it.
// Of several hubs on one server one writes, the others are its fronts (hub/sequencer).
#pragma once

#include <prometheus/collectable.h>

#include <atomic>
#include <boost/asio/strand.hpp>
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

class Hub;
class Inbox;
class Lease;
struct Asked;

struct HubOptions {
    std::filesystem::path data;  ///< hub.sqlite, hub.key.pem, ca.*.pem, tls.*.pem
    std::function<loop::Moment()> now;
    unsigned admission_threads = 2;
    /// To be served; just made, with nothing in it yet; or to be checked alone: then nothing is mended, and rows of
    /// meta that a disk changed are reported instead of ending it.
    enum class Opens { served, made, checked };
    Opens opens = Opens::served;
    std::string store = {};  ///< its place (store/place.hpp); empty: as the data folder says
    /// Answers a call that a front handed over (hub/api/handed_over.hpp); none: such calls are answered 503.
    void (*answer_handed_over)(Hub&, const Asked&, Done) = nullptr;
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
    std::optional<Answer> barred(const Caller&);
    /// issued, renewed, revoked or nothing, as known_keys has it; of a key that another hub has just let in, too.
    std::optional<std::string> status_of(const std::string& source, const std::string& kid);
    /// A place among what waits for the writer, for so many bytes; nothing where there is none.
    std::optional<Waiting> wait_with(std::size_t bytes);
    // To the writer, here or at the hub that writes (sequencer/front.cpp).
    void offer(Arrival);
    void keep_trace(const std::string& source, const std::string& sha256, loop::Moment received_at, std::string csv,
                    Done);
    /// Runs `by` on what gives an answer nobody needs; waits for it where many such are on their way.
    void note(const std::function<void(Done)>& by);
    void note_clearance(const std::string& source, loop::Moment at, const std::string& vehicle_id,
                        const std::string& answer);
    /// Keeps for the bureau what was refused; waits for that.
    void raise_alarm(const journal::Header&, const std::string& code, const std::string& bytes);
    /// Raises an alarm that names a row, by its key, which is not what was written. Waits for nothing; where too much
    /// waits already it is left to the next who comes upon the row.
    void tell_damage(const std::string& table, const std::string& row);
    /// Does so before it hands on an answer that such a row refused.
    Done telling_damage(Done);

    /// Whether another hub writes to the store, or may: what must be done by it is handed over.
    bool is_front() const;
    /// Whether nothing that is asked here can be done now.
    bool is_cut_off() const;
    /// To the hub that writes; `done` is called once.
    void hand_over(Asked, Done done);

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
    /// And once it is committed: nobody goes on with what was read before, here or at other hubs.
    void rows_were_made_anew();

    const HubOptions options;
    const journal::PrivateKey key;
    std::string id;                        ///< H610400-01
    std::string epoch;                     ///< of its own journal
    std::vector<std::string> meta_damage;  ///< rows of meta that are not what was written
    // Opened to be checked:
    std::vector<std::string> rows_damage;   ///< rows that it could not begin with
    std::vector<std::string> watch_damage;  ///< tables of the watch that are not what was written
    const std::unique_ptr<Lease> lease;     ///< of a store on a server; else none, and no inbox
    const std::int64_t opened_in;           ///< this term; 0: while another hub held the lease
    const std::unique_ptr<Inbox> inbox;
    Store store;      ///< the writer's
    StoredRows rows;  ///< likewise
    LoopState loop;   ///< likewise
    Readers readers;
    KnownKeys known_keys;
    Quota waiting_segments{waiting_segments_max}, waiting_bytes{waiting_bytes_max}, waiting_notes{waiting_notes_max};
    boost::asio::thread_pool admission;
    /// Of a journal the next segment must not overtake the one before.
    boost::asio::strand<boost::asio::thread_pool::executor_type> handed_in_order{admission.get_executor()};
    boost::asio::thread_pool reads;        ///< what stations and bridges look up
    boost::asio::thread_pool operators;    ///< commands, which may take minutes: uploads don't wait for them
    boost::asio::thread_pool import_pool;  ///< an import waits in `operators` for these
    std::unique_ptr<Writer> writer;
    std::unique_ptr<OwnJournal> own;
    std::unique_ptr<Stick> stick;
    std::unique_ptr<Watch> watch;
    Posted posted;
    Guesses guesses;        ///< of codes
    std::mutex enrolling;   ///< one code at a time: none is used twice
    std::mutex case_steps;  ///< held from the look at a case to the line that changes it
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
    /// The loop's rows are there and of this program and tables; else they are made anew, from where that was cut
    /// short.
    void make_rows();
    bool can_begin_with_rows();
    std::string form_of_rows() const;
    /// The loop's rows, as a hub finds them that only reads: another program's, not all of them yet, or all.
    enum class RowsFound { others, unfinished, whole };
    RowsFound rows_found() const;
    std::string form_of_watch() const;
    void write_first_policy_where_missing();
    static std::string boot_in(Store&);
    void set_boot(std::string);
    /// What the loop's rows in this database are made with.
    static std::string form_made_with(engine::Connection&);
    /// Own lines go on behind those that are there.
    loop::Moment latest_own() const;

    // Of several (sequencer/front.cpp). The right to write to this store, where it is on a server: held, or another
    // hub's that writes as this one would and has made the rows.
    std::unique_ptr<Lease> lease_of_store() const;
    void wait_for_rows(Lease&) const;
    /// Of a connection that writes.
    Store::Guard guard_of_lease() const;
    void committed();
    /// The writer can write from here on: what it knows of the store is made as the store has it.
    void take_up();
    /// From here on does what other hubs hand over, as soon as it may write.
    void serve_others();
    void hand_over(Arrival);
    Arrival handed_over(const Asked&) const;
    void do_handed_over(Asked, Done);
    void put_handed_over(const Asked&, const Done&);
    /// What is asked of the writer alone.
    void do_or_hand_over(Asked, Done);
    void do_here(Asked, Done);
    /// What a hub that holds the lease told all others; nothing: something may have been missed.
    void heard(std::string_view what);

    std::atomic<bool> is_open_ = false;     ///< until then no other term is taken up than the one it was opened in
    std::atomic<bool> lacks_rows_ = false;  ///< while another hub makes them, or has made them otherwise
    std::mutex following_;                  ///< of keys that another hub may change
    mutable std::mutex of_boot_;
    std::string boot_;
};

}  // namespace imloop::hub
