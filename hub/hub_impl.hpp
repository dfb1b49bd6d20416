// Inside of Hub: the store, the state in memory, the writer, and the hub's own journal.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <nlohmann/json.hpp>
#include <shared_mutex>

#include "hub/answers.hpp"
#include "hub/enrolment.hpp"
#include "hub/hub.hpp"
#include "hub/limits.hpp"
#include "hub/projection/state.hpp"
#include "hub/quota.hpp"
#include "hub/report/report.hpp"
#include "hub/writer.hpp"

namespace imloop::hub {

/// A report as table, json or csv.
Answer rendered(const Report&, std::string_view form);
/// What a frame or coding that does not hold is answered with.
Answer refusal_of(const journal::Error&);

struct Hub::Impl {
    explicit Impl(HubOptions);

    HubOptions options;
    journal::PrivateKey key;
    std::string id;     ///< H610400-01
    std::string epoch;  ///< of the hub's own journal
    std::string boot;   ///< of this start or rebuild; cursors of work orders hold for it
    loop::Policy policy;
    loop::rules::Parameters parameters;  ///< of the suspect rules, the policy's
    Store store;
    mutable std::shared_mutex lock;  ///< of state and, for readers, of store
    State state;
    std::mutex own;  ///< one own line at a time
    mutable std::atomic<loop::Moment> last_own = 0;
    Quota waiting_segments{waiting_segments_max}, waiting_bytes{waiting_bytes_max};
    boost::asio::thread_pool admission;
    boost::asio::thread_pool operators;    ///< commands, which may take minutes: uploads don't wait for them
    boost::asio::thread_pool import_pool;  ///< an import waits in `operators` for these
    std::unique_ptr<Writer> writer;
    Guesses guesses;
    std::mutex enrolling;  ///< one code at a time: none is used twice
    struct Posted {
        std::string lines;  ///< of the journal it was read from
        nlohmann::json words;
    };
    std::map<std::string, Posted> posted_;         ///< by station
    std::map<std::string, nlohmann::json> peers_;  ///< figures by station, computed once a day
    loop::Day peers_of_ = 0;
    std::atomic<std::uintmax_t> imported_bytes = 0, import_bytes = 0;

    /// A place among what waits for the writer, for so many bytes; nothing where there is none.
    std::optional<Waiting> wait_with(std::size_t bytes);
    /// Memory anew from the store, under the lock.
    void reload();
    /// Checks a segment up to its seal and admits its lines. Nothing: `refusal` says why.
    std::optional<Arrival> arrive(const Caller&, std::string bytes, bool trusted, Answer& refusal);
    /// Writes lines into the hub's own journal and waits until they are durable.
    Answer write_own(const std::vector<nlohmann::json>& records);
    nlohmann::json own_record(const std::string& kind) const;

    Answer station_add(const nlohmann::json&);
    Answer station_invite(const nlohmann::json&);
    /// What a code and a request are answered; how often it may be tried is bounded around it.
    Answer enrol(const std::string& body);
    /// The certificate of this key where it is young still.
    std::optional<std::string> young_certificate(const std::string& kid);
    /// Writes the credential and answers the certificate; `status` is issued or renewed.
    Answer certify(const std::string& station, const std::string& request_pem, const char* status);
    /// The record as it counts today: its own line's words, or those of a correction; null where it has none.
    nlohmann::json words_of(const std::string& record_id);
    nlohmann::json work_order(const Worklist::Shown&, loop::Day today);
    nlohmann::json clearance_details(const loop::Episode&);
    /// What the registration in force and the latest price list say beside the register's own members.
    const nlohmann::json& posted(const std::string& station);
    Answer station_list() const;
    Answer station_status(const nlohmann::json&);
    Answer station_describe(const nlohmann::json&);
    nlohmann::json registration_again(const std::string& station, const loop::StationView&);
    /// A file, or a folder as export_to() makes it: the hub's journal first.
    Answer import_path(const std::filesystem::path&);
    Answer import_file(const std::filesystem::path&);
    /// `{done, total}` bytes of the import under way, the last one's where there is none.
    Answer import_progress() const;
    bool own_receipt(const std::string& receipt, Arrival&, Answer& refusal) const;
    /// `{path, source?, from?, to?}`: whole segments received on these days; all and the process data without.
    Answer export_to(const nlohmann::json&);
    /// Everything anew from the store, on a connection of its own; only what came meanwhile is read under the lock,
    /// which is held afterwards. `also` sees every segment after it was taken in.
    State rebuilt(std::unique_lock<std::shared_mutex>& guard,
                  const std::function<void(const State&, const StoredSegment&)>& also);
    /// A copy of the database that knows it is one: served one day in its place, it goes on with a new epoch.
    void backup(const std::filesystem::path&);
    void begin_epoch_where_put_back();
    /// A place in the feed as place_named() gives it; of an epoch before, as far as it still holds. 0 where it is of
    /// none.
    std::int64_t place_in(const std::string& cursor);
    /// `EPOCH.POSITION`.
    std::string place_named(std::int64_t position) const;
    Answer verify();
    Answer rebuild();
    /// `{report, form?, from?, to?, as_of?, view?, county?, plate?, vin?, unmasked?, limit?}`; form: table, json, csv.
    Answer report(const nlohmann::json&);
    /// Of one journal line; call under the lock.
    ReceiptCheck receipt_check();

    /// The rules' sweep up to today, under the lock.
    void sweep();
    /// `{list: flags|risk|rules, form?, from?, to?, rule?, grade?, station?, county?, state?, unmasked?, limit?}`
    Answer suspects(const nlohmann::json&);
    /// `{flag_id, form?: text|json, unmasked?}`
    Answer suspect(const nlohmann::json&);
    /// `{flag_id}`: the evidence file, HTML. The lines in it are as the stations wrote them, plates and VINs too.
    Answer suspect_evidence(const nlohmann::json&);
    /// What officers said of a flag, oldest first; call under the lock.
    nlohmann::json decisions_about(const std::string& flag_id);
    /// Of a record's own line, null where there is none; call under the lock.
    nlohmann::json proof(const std::string& record_id);
    /// `{rule}`: its page.
    Answer suspect_rule(const nlohmann::json&);
    /// `{flag_id, action: confirm|dismiss|ask, reason, officer_id}`: a decision in the hub's own journal.
    Answer suspect_decide(const nlohmann::json&);
    /// `{rules}`, as in policy.json: which flags would appear and clear.
    Answer suspect_dry_run(const nlohmann::json&);
    /// `{seed, count, id?, kinds?, county?, random_share_percent?, officers_each?, officers?}`: the document to
    /// publish.
    Answer make_draw(const nlohmann::json&);
    /// Holds passed results of watched stations that a strong flag has just come to; under the lock, by the writer.
    void hold_new();
    /// `{station?, form?}`
    Answer holds(const nlohmann::json&);
    /// `{record_id, action: release|refer|refuse, reason, officer_id}`
    Answer hold_decide(const nlohmann::json&);
    Answer draw_yield(const nlohmann::json&);
};

}  // namespace imloop::hub
