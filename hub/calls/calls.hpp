// The calls of the hub, a file each resource; hub/api/routes.cpp says who may ask them, and how. Problems that any of
// them may answer are with the routes; here stand its own.
#pragma once

#include <nlohmann/json.hpp>

#include "hub/answers.hpp"
#include "hub/api/context.hpp"
#include "loop/cases.hpp"

namespace imloop::hub::calls {

// journal.cpp
/// A segment, answered after the commit with its receipt. 503 busy where too much is on its way already.
void upload(Context, Done);
/// `?epoch=`: how far the hub holds this journal of the caller's; `last` 0 where not at all.
Answer standing(Context&);

// traces.cpp
void put_trace(Context, Done);  ///< 422 digest_mismatch, 413 too_large
Answer get_trace(Context&);

// clearances.cpp
/// May this vehicle be tested again? Notes that the station asked. 400 vehicle_missing.
Answer clearance(Context&);

// stations.cpp
/// `?kind=&county=&id=&limit=&cursor=`: where stations are and what they post.
Answer stations(Context&);
/// `{id, name?, county?, valid_from?, spki?, writes_for?, days?}`: registers, and certifies a key where it is named.
Answer station_add(Context&, const nlohmann::json&);
Answer station_list(Context&, const nlohmann::json&);
/// `{id, status, reason?}`: suspended, revoked or filed again; revoked ends every key.
Answer station_status(Context&, const nlohmann::json&);
/// `{id, name?, address?, phone?, …}`: where a station is and how it is reached, as notices print it.
Answer station_describe(Context&, const nlohmann::json&);

// enrolments.cpp
/// The hub's CA, for whoever holds a code with its fingerprint.
Answer authority(Context&);
/// `{code, csr}`: the one-time code of an invitation for a certificate. 401 code_refused, 422 bad_request_signature,
/// 429 too_many_attempts. Only a certificate that is issued uses the code up, and a right code is taken however many
/// wrong ones came from its address.
Answer enrol(Context&);
/// `{id, name?, county?, valid_from?, hours?, host, port}`: registers the station where it is not, and makes the code.
Answer station_invite(Context&, const nlohmann::json&);

// certificates.cpp
/// `{csr}`: a new certificate while the old one holds. For a key whose certificate is young still that one is given
/// again, byte for byte.
Answer renew(Context&);

// work_orders.cpp, outcomes.cpp
/// `?cursor=&limit=`: failed vehicles of a shop or inspection station, and what changed.
Answer work_orders(Context&);
/// `?after=&limit=`: the caller's records that were rejected, corrected or have no effect.
Answer outcomes(Context&);

// holds.cpp
/// Results of the caller's station that wait for an officer, or were decided lately.
Answer own_holds(Context&);
/// `{station?, form?}`
Answer holds(Context&, const nlohmann::json&);
/// `{record_id, action: release|refer|refuse, reason, officer_id}`
Answer hold_decide(Context&, const nlohmann::json&);

// feedback.cpp
/// The caller's own figures against its peers', once a day.
void feedback(Context, Done);

// feed.cpp
/// `?after=&limit=`: for a bridge, NDJSON of the records in its scope; `X-Next` is the next `after`: a place that stays
/// right when the hub is put back from a backup.
Answer feed(Context&);

// reports.cpp
/// `{report, form?, from?, to?, as_of?, view?, county?, plate?, vin?, unmasked?, limit?}`; form: table, json, csv.
Answer report(Context&, const nlohmann::json&);

// suspects.cpp
/// `{list: flags|risk|rules, form?, from?, to?, rule?, grade?, station?, county?, state?, unmasked?, limit?}`
Answer suspects(Context&, const nlohmann::json&);
/// `{flag_id, form?: text|json, unmasked?}`
Answer suspect(Context&, const nlohmann::json&);
/// `{rule}`: its page.
Answer suspect_rule(Context&, const nlohmann::json&);
/// `{flag_id, action: confirm|dismiss|ask, reason, officer_id}`: a decision in the hub's own journal.
Answer suspect_decide(Context&, const nlohmann::json&);
/// `{rules}`, as in policy.json: which flags would appear and clear.
Answer suspect_dry_run(Context&, const nlohmann::json&);

// evidence.cpp
/// `{flag_id}`: the evidence file, HTML. The lines in it are as the stations wrote them, plates and VINs too.
Answer suspect_evidence(Context&, const nlohmann::json&);

// draws.cpp
/// `{seed, count, id?, kinds?, county?, random_share_percent?, officers_each?, officers?}`: the document to publish.
Answer draw(Context&, const nlohmann::json&);
Answer draw_yield(Context&, const nlohmann::json&);

// transfer.cpp
/// `{path, restore?: [kid]}`: a file, or a folder as export_ makes it: the hub's journal first.
Answer import_(Context&, const nlohmann::json&);
/// `{done, total}` bytes.
Answer import_progress(Context&, const nlohmann::json&);
/// `{path, source?, from?, to?}`: whole segments received on these days; all and the process data without.
Answer export_(Context&, const nlohmann::json&);
/// `{path}`: the database, to be served in its place one day.
Answer backup(Context&, const nlohmann::json&);

// checks.cpp
Answer verify(Context&, const nlohmann::json&);
Answer rebuild(Context&, const nlohmann::json&);

// health.cpp
Answer openapi(Context&);
Answer live(Context&);
Answer ready(Context&);
Answer metrics(Context&);  ///< Prometheus text, no personal data

// accounts.cpp
/// A one-time link for the first administrator of the console: its token. 409 admin_exists.
Answer console_setup_link(Context&, const nlohmann::json&);
Answer console_unlock(Context&, const nlohmann::json&);   ///< opens every account that is locked
Answer console_confirm(Context&, const nlohmann::json&);  ///< `{account}`: security administrator. 404 grant_not_found
/// `{entries?, head?}`, as they were noted: whether that entry still stands there.
Answer audit_verify(Context&, const nlohmann::json&);

// cases.cpp
/// `{county?, state?, due?, person?, source?, about?, form?}`
Answer cases(Context&, const nlohmann::json&);
/// `{case_no, form?: text|json}`
Answer case_show(Context&, const nlohmann::json&);
/// `{county, problem, lead_unit, person, deadline, acceptance_unit, officer_id, unit?, about?, goal?, measures?,
/// joint_units?, text?, evidence?, anyway?}`: opens it under the next number. 409 case_exists names one that is not
/// closed and was opened for the same, unless `anyway`.
Answer case_open(Context&, const nlohmann::json&);
/// `{case_no, action, officer_id, unit?, text?, to_department?, step?, person?, deadline?, evidence?, mark?}`; mark:
/// the last step that was seen, 412 where there is a later one. 409 with a code of CaseRefusal.
Answer case_step(Context&, const nlohmann::json&);
Answer refused_step(loop::CaseRefusal);

// policies.cpp
/// `{on?, form?}`
Answer policy_show(Context&, const nlohmann::json&);
/// `{form?}`: all lines, the latest first.
Answer policy_history(Context&, const nlohmann::json&);
/// `{officer_id, valid_from?, words?, values?: [[path, value]]}`: proposes a line, answers what it would change.
Answer policy_set(Context&, const nlohmann::json&);
/// `{form?}`
Answer policy_proposals(Context&, const nlohmann::json&);
/// `{id, officer_id}`: writes the line.
Answer policy_confirm(Context&, const nlohmann::json&);
/// `{id}`
Answer policy_drop(Context&, const nlohmann::json&);

}  // namespace imloop::hub::calls
