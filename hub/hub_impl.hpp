// Inside of Hub: the store with its writer and readers, what watches the records, and the hub's own journal.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "hub/answers.hpp"
#include "hub/enrolment.hpp"
#include "hub/hub.hpp"
#include "hub/known_keys.hpp"
#include "hub/limits.hpp"
#include "hub/quota.hpp"
#include "hub/readers.hpp"
#include "hub/report/report.hpp"
#include "hub/watch/watch.hpp"
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

/// The record as it counts today: its own line's words, or those of a correction; null where it has none, empty where
/// the segment that holds them is damaged.
nlohmann::json words_of(Reader&, const std::string& record_id);

/// What officers said of a flag, oldest first.
nlohmann::json decisions_about(const Watch::View&, const std::string& flag_id);

/// Row of meta: the kid of the hub's key. Hubs made before it was kept have none.
inline constexpr const char* key_of_hub = "kid";

struct Hub::Impl {
    explicit Impl(HubOptions);

    HubOptions options;
    journal::PrivateKey key;
    std::string id;                        ///< H610400-01
    std::string epoch;                     ///< of the hub's own journal
    std::vector<std::string> meta_damage;  ///< rows of meta that are not what was written
    nlohmann::json policy_words;           ///< as policy.json or the table has them
    loop::Policy policy;
    std::string policy_valid_from;       ///< a day, as the policy says it; may be empty
    loop::rules::Parameters parameters;  ///< of the suspect rules, the policy's
    Store store;                         ///< the writer's
    StoredRows rows;
    LoopState loop;  ///< the writer's
    mutable Readers readers;
    KnownKeys known_keys;
    std::mutex own;  ///< one own line at a time
    mutable std::atomic<loop::Moment> last_own = 0;
    Quota waiting_segments{waiting_segments_max}, waiting_bytes{waiting_bytes_max};
    boost::asio::thread_pool admission;
    boost::asio::thread_pool reads;        ///< what stations and bridges look up
    boost::asio::thread_pool operators;    ///< commands, which may take minutes: uploads don't wait for them
    boost::asio::thread_pool import_pool;  ///< an import waits in `operators` for these
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Watch> watch;
    mutable std::mutex remembered;  ///< of what follows
    std::string boot;               ///< of the loop's rows; places in work orders hold for it
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
    std::set<std::string> restored;  ///< kids of the hub this one is a copy of

    /// A place among what waits for the writer, for so many bytes; nothing where there is none.
    std::optional<Waiting> wait_with(std::size_t bytes);
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
    nlohmann::json work_order(Reader&, const Worklist::Shown&, loop::Day today) const;
    /// The deadlines that a station prints; the hub has one policy for all its counties.
    nlohmann::json posted_policy() const;
    nlohmann::json clearance_details(Reader&, const loop::Episode&) const;
    /// What the registration in force and the latest price list say beside the register's own members.
    nlohmann::json posted(Reader&, const std::string& station);
    Answer station_list() const;
    Answer station_status(const nlohmann::json&);
    Answer station_describe(const nlohmann::json&);
    nlohmann::json registration_again(Reader&, const std::string& station, const loop::StationView&);
    /// `{path, restore?: [kid]}`: a file, or a folder as export_to() makes it: the hub's journal first.
    Answer import_path(const nlohmann::json&);
    Answer import_file(const std::filesystem::path&);
    /// `{done, total}` bytes of the import under way, the last one's where there is none.
    Answer import_progress() const;
    /// The key that may seal this segment, revoked or not; nothing where none may.
    std::optional<KeyState> key_on_stick(const journal::Segment&) const;
    /// A key of this hub, or of the one it is a copy of.
    bool is_own(const Reader&, const KeyState&) const;
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
    /// The loop's rows are there and of this program, policy and tables; else they are made anew, from where that was
    /// cut short.
    void make_rows();
    std::string form_of_rows() const;
    std::string form_of_watch() const;
    /// In the transaction that makes them.
    void rows_made_anew();
    std::string boot_now() const;
    /// What `verify` finds beside the journals: the file itself, meta, process data and its figures.
    nlohmann::json damage_beside_journals();
    /// What the command line asks for (commands.cpp); 404 unknown_command.
    Answer command(std::string_view name, const nlohmann::json&);
    /// `{path}`
    Answer backup_to(const nlohmann::json&);
    /// A copy of the database that knows it is one: served one day in its place, it goes on with a new epoch.
    void backup(const std::filesystem::path&);
    void begin_epoch_where_put_back();
    /// A place in the feed as place_named() gives it; of an epoch before, as far as it still holds. 0 where it is of
    /// none.
    std::int64_t place_in(Store&, const std::string& cursor) const;
    /// `EPOCH.POSITION`.
    std::string place_named(std::int64_t position) const;
    Answer verify();
    Answer rebuild();
    /// `{report, form?, from?, to?, as_of?, view?, county?, plate?, vin?, unmasked?, limit?}`; form: table, json, csv.
    Answer report(const nlohmann::json&);
    /// Of one journal line; for as long as the reader is of one moment.
    ReceiptCheck receipt_check(Reader&) const;
    /// `{list: flags|risk|rules, form?, from?, to?, rule?, grade?, station?, county?, state?, unmasked?, limit?}`
    Answer suspects(const nlohmann::json&);
    /// `{flag_id, form?: text|json, unmasked?}`
    Answer suspect(const nlohmann::json&);
    /// `{flag_id}`: the evidence file, HTML. The lines in it are as the stations wrote them, plates and VINs too.
    Answer suspect_evidence(const nlohmann::json&);
    /// `{rule}`: its page.
    Answer suspect_rule(const nlohmann::json&);
    /// `{flag_id, action: confirm|dismiss|ask, reason, officer_id}`: a decision in the hub's own journal.
    Answer suspect_decide(const nlohmann::json&);
    /// `{rules}`, as in policy.json: which flags would appear and clear.
    Answer suspect_dry_run(const nlohmann::json&);
    /// `{seed, count, id?, kinds?, county?, random_share_percent?, officers_each?, officers?}`: the document to
    /// publish.
    Answer make_draw(const nlohmann::json&);
    /// Holds passed results of watched stations that a strong flag has just come to.
    void hold_new(const std::vector<std::string>& flag_ids, const loop::rules::Suspects&, const loop::Projection&);
    /// `{station?, form?}`
    Answer holds(const nlohmann::json&);
    /// `{record_id, action: release|refer|refuse, reason, officer_id}`
    Answer hold_decide(const nlohmann::json&);
    Answer draw_yield(const nlohmann::json&);
};

}  // namespace imloop::hub
