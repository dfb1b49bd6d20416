// Inside of Hub: the store, the state in memory, the writer, and the hub's own journal.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <shared_mutex>

#include "hub/answers.hpp"
#include "hub/enrolment.hpp"
#include "hub/hub.hpp"
#include "hub/known_keys.hpp"
#include "hub/limits.hpp"
#include "hub/projection/state.hpp"
#include "hub/quota.hpp"
#include "hub/report/report.hpp"
#include "hub/rule_failures.hpp"
#include "hub/writer.hpp"

namespace imloop::hub {

/// A report as table, json or csv.
Answer rendered(const Report&, std::string_view form);
/// What a frame or coding that does not hold is answered with.
Answer refusal_of(const journal::Error&);
/// Whether a source is a hub: by the first letter of its id.
bool is_hub(std::string_view source);
/// 403 foreign_hub: what another hub wrote is not taken.
Answer foreign_hub(std::string_view source);

/// Row of meta: the kid of the hub's key. Hubs made before it was kept have none.
inline constexpr const char* key_of_hub = "kid";

struct Hub::Impl {
    explicit Impl(HubOptions);

    HubOptions options;
    journal::PrivateKey key;
    std::string id;                        ///< H610400-01
    std::string epoch;                     ///< of the hub's own journal
    std::vector<std::string> meta_damage;  ///< rows of meta that are not what was written
    std::string boot;                      ///< of this start or rebuild; cursors of work orders hold for it
    loop::Policy policy;
    std::string policy_valid_from;       ///< a day, as the policy says it; may be empty
    loop::rules::Parameters parameters;  ///< of the suspect rules, the policy's
    Store store;
    mutable std::shared_mutex lock;  ///< of state and, for readers, of store
    State state;
    KnownKeys known_keys;
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
    std::set<std::string> restored;  ///< kids of the hub this one is a copy of; under `lock`

    /// A place among what waits for the writer, for so many bytes; nothing where there is none.
    std::optional<Waiting> wait_with(std::size_t bytes);
    /// Memory anew from the store, under the lock.
    void reload();
    /// Checks a segment that came over the network up to its seal and admits its lines. Nothing: `refusal` says why.
    std::optional<Arrival> arrive(const Caller&, std::string bytes, Answer& refusal);
    /// Likewise one of an import, with the receipt that came with it or none.
    std::optional<Arrival> arrive_on_stick(std::string bytes, const std::string& receipt, Answer& refusal);
    /// The steps both share: the frame, then seal and admission.
    std::optional<Arrival> framed(std::string bytes, Answer& refusal) const;
    static bool sealed(Arrival&, const journal::PublicKey&, loop::Moment received_at, Answer& refusal);
    /// The refusal of a seal whose key is not this source's.
    Answer key_unknown(const std::string& source) const;
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
    /// The record as it counts today: its own line's words, or those of a correction; null where it has none, empty
    /// where the segment that holds them is damaged.
    nlohmann::json words_of(const std::string& record_id);
    nlohmann::json work_order(const Worklist::Shown&, loop::Day today);
    /// The deadlines that a station prints; the hub has one policy for all its counties.
    nlohmann::json posted_policy() const;
    nlohmann::json clearance_details(const loop::Episode&);
    /// What the registration in force and the latest price list say beside the register's own members.
    const nlohmann::json& posted(const std::string& station);
    Answer station_list() const;
    Answer station_status(const nlohmann::json&);
    Answer station_describe(const nlohmann::json&);
    nlohmann::json registration_again(const std::string& station, const loop::StationView&);
    /// `{path, restore?: [kid]}`: a file, or a folder as export_to() makes it: the hub's journal first.
    Answer import_path(const nlohmann::json&);
    Answer import_file(const std::filesystem::path&);
    /// `{done, total}` bytes of the import under way, the last one's where there is none.
    Answer import_progress() const;
    /// The key that may seal this segment, revoked or not; nothing where none may.
    std::optional<KeyState> key_on_stick(const journal::Segment&) const;
    /// A key of this hub, or of the one it is a copy of; call under the lock.
    bool is_own(const KeyState&) const;
    /// Whether a key holds for what was receipted then: a copy takes what came before a revocation.
    bool holds_at(const KeyState&, std::optional<loop::Moment> receipted_at) const;
    /// Both empty: no receipt came, or another hub's, which does not count.
    struct StickReceipt {
        std::optional<journal::Receipt> receipt;
        std::optional<Answer> refusal;
    };
    StickReceipt receipt_on_stick(std::string_view, const journal::Segment&, const KeyState& sealed_by) const;
    /// The first segment of another hub's journal among exported ones.
    std::optional<std::string> foreign_in(std::string_view exported) const;
    /// Keeps for the bureau what was refused.
    void raise_alarm(const journal::Header&, const char* code, const std::string& bytes);
    /// From here on the journal under these keys is let in. 409 hub_not_empty.
    std::optional<Answer> begin_restore(const std::vector<std::string>& kids);
    static std::set<std::string> restored_in(Store&);
    /// `{path, source?, from?, to?}`: whole segments received on these days; all and the process data without.
    Answer export_to(const nlohmann::json&);
    /// The steps of opening (opening.cpp). The place of a database that is there; throws StoreError where it is lost.
    static std::string database_of(const HubOptions&);
    void read_meta();
    void refuse_damaged_meta() const;  ///< not where the hub is opened to be checked
    void load(State&);
    /// The hub's own key holds whatever becomes of the line that names it.
    void know_own_key(State&) const;
    /// What `verify` finds beside the journals: the file itself, meta, process data and its figures.
    nlohmann::json damage_beside_journals();
    /// Everything anew from the store, on a connection of its own; only what came meanwhile is read under the lock,
    /// which is held afterwards. `also` sees every segment after it was taken in.
    State rebuilt(std::unique_lock<std::shared_mutex>& guard,
                  const std::function<void(const State&, const StoredSegment&, bool loaded)>& also);
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
    std::string watched_to;  ///< the place in the log of the last sweep
    RuleFailures rule_failures;
    /// Tells the log which rules threw since this was last called; under the lock.
    void tell_rule_failures();
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
