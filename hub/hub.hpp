// The hub without its listeners: one writer, many readers that never wait for it, over one data folder. hub/api speaks
// HTTP for it, hub/admin the command line. All members are thread safe.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/register.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

/// Who asks: the source of the client's certificate and the kid of the certificate's key.
struct Caller {
    std::string source;
    std::string kid;
};

struct Answer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string cause = {};  ///< of a 500, for the hub's log alone
};

/// RFC 9457 problem+json. `expected`: the next number, for journal_gap.
Answer problem(int status, std::string_view code, std::string_view detail);

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
    using Done = std::function<void(Answer)>;

    /// Makes the store, the hub's key and the first lines of its own journal. Throws where there is a hub already.
    /// `hosts` are the names and addresses stations reach it by, at least one. `store`: `hub.sqlite` where it is empty;
    /// a server's address is kept in the data folder.
    static void init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
                     const std::vector<std::string>& hosts, loop::Moment now, const std::string& store = {});

    explicit Hub(HubOptions);
    ~Hub();
    /// Commits what waits and gives every answer still owed. Nothing may be asked afterwards.
    void close();

    /// Why this caller is not served: 401 unknown_key, 403 source_revoked. A journal is asked about itself.
    std::optional<Answer> barred(const Caller&) const;

    /// `POST /api/v1/journal`: the body and its Content-Encoding. `done` is called once, from any thread, after the
    /// commit. 503 busy where too much is on its way already.
    void journal(const Caller&, std::string encoding, std::string body, Done done);
    /// `GET /api/v1/journal?epoch=`: how far the hub holds this journal of the caller's; `last` 0 where not at all.
    Answer standing(const Caller&, std::string_view query) const;
    /// `PUT /api/v1/traces/{sha256}`, likewise.
    void put_trace(const Caller&, std::string sha256, std::string encoding, std::string body, Done done);
    Answer get_trace(const Caller&, std::string_view sha256) const;
    /// `POST /api/v1/clearances`; notes that the station asked.
    Answer clearance(const Caller&, const std::string& body);
    /// `GET /api/v1/stations?kind=&county=&limit=&cursor=`; ETag and 304.
    Answer stations(const Caller&, std::string_view query, std::string_view if_none_match) const;

    /// `GET /api/v1/authority`: the hub's CA, for whoever holds a code with its fingerprint. Asks for no certificate.
    Answer authority() const;
    /// `POST /api/v1/enrolments` `{code, csr}`: the one-time code of an invitation for a certificate. Asks for none.
    /// 401 code_refused, 422 bad_request_signature, 429 too_many_attempts. Only a certificate that is issued uses the
    /// code up, and a right code is taken however many wrong ones came from its address.
    void enrol(std::string address, std::string body, Done done);
    /// `POST /api/v1/certificates` `{csr}`: a new certificate while the old one holds. For a key whose certificate is
    /// young still that one is given again, byte for byte.
    void renew(const Caller&, std::string body, Done done);

    /// `GET /api/v1/work-orders?cursor=&limit=`: failed vehicles of an M or I station and what changed; ETag and 304.
    Answer work_orders(const Caller&, std::string_view query, std::string_view if_none_match) const;
    /// `GET /api/v1/outcomes?after=&limit=`: the caller's records that were rejected, corrected or have no effect.
    Answer outcomes(const Caller&, std::string_view query, std::string_view if_none_match) const;
    /// `GET /api/v1/holds`: results of the caller's station that wait for an officer, or were decided lately; ETag.
    Answer holds(const Caller&, std::string_view if_none_match) const;
    /// `GET /api/v1/feedback`: the caller's own figures against its peers', once a day; ETag.
    void feedback(const Caller&, std::string_view if_none_match, Done done);
    /// `GET /api/v1/feed?after=&limit=`: for a bridge, NDJSON of the records in its scope; `X-Next` is the next
    /// `after`: a place that stays right when the hub is put back from a backup.
    Answer feed(const Caller&, std::string_view query) const;

    /// Runs what only reads, on a thread for it, and gives its answer.
    void read(std::function<Answer()>, Done done);

    /// The admin listener's commands, `POST /admin/{command}` with a JSON body: what the command line asks of a serving
    /// hub (station_add, station_invite, station_list, station_status, station_describe, import, report, suspects,
    /// suspect, suspect_evidence, suspect_rule, suspect_decide, suspect_dry_run, holds, hold_decide, draw, draw_yield,
    /// export, verify, rebuild, backup).
    void admin(std::string_view command, std::string body, Done done);
    const std::filesystem::path& data() const;
    std::string metrics() const;  ///< Prometheus text, no personal data
    bool ready() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::hub
