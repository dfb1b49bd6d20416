#include "hub/accounts/audit.hpp"

#include "hub/accounts/statements.hpp"
#include "hub/store/rows.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

std::string bytes_of(const journal::Digest& digest) { return {digest.begin(), digest.end()}; }

std::string chain_begin() { return bytes_of(journal::sha256("imloop/audit/v1\n")); }

std::string head_after(const std::string& before, const AuditEntry& e) {
    const auto fields =
        row_digest({std::to_string(e.n), std::to_string(e.at), e.who, e.what, e.about, e.reason, e.result});
    return bytes_of(journal::sha256(before + fields));
}

std::string hex(const std::string& bytes) {
    journal::Digest digest{};
    if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), digest.begin());
    return journal::to_hex(digest);
}

AuditEntry entry_of(const engine::Statement& s) {
    return {s.integer(0), s.integer(1), s.text(2), s.text(3), s.text(4), s.text(5), s.text(6), s.text(7)};
}

}  // namespace

void put_audit(engine::Connection& database, AuditEntry entry) {
    std::string before = chain_begin();
    entry.n = 1;
    for (auto last = database.prepare(sql::audit_last); last.step();) {
        entry.n = last.integer(0) + 1;
        before = last.text(1);
    }
    database.prepare(sql::audit_put)
        .bind(1, entry.n)
        .bind(2, entry.at)
        .bind(3, entry.who)
        .bind(4, entry.what)
        .bind(5, entry.about)
        .bind(6, entry.reason)
        .bind(7, entry.result)
        .bind_blob(8, head_after(before, entry))
        .run();
}

std::vector<AuditEntry> audit_entries(engine::Connection& database, const AuditWanted& wanted, std::size_t limit) {
    std::vector<AuditEntry> out;
    auto s = database.prepare(sql::audit_page);
    s.bind(1, wanted.before)
        .bind(2, wanted.from)
        .bind(3, wanted.to == 0 ? INT64_MAX : wanted.to)
        .bind(4, wanted.who)
        .bind(5, wanted.what)
        .bind(6, wanted.result)
        .bind(7, static_cast<std::int64_t>(limit));
    while (s.step()) {
        out.push_back(entry_of(s));
        out.back().head = hex(out.back().head);
    }
    return out;
}

AuditVerdict verify_audit(engine::Connection& database, std::int64_t noted) {
    AuditVerdict out;
    std::string head = chain_begin();
    each_row(
        database, sql::audit_from, std::int64_t{0}, small_rows_a_page,
        [](const engine::Statement& s) { return s.integer(0); },
        [&](const engine::Statement& s) {
            if (out.broken_at) return;
            const auto entry = entry_of(s);
            const auto right = head_after(head, entry);
            if (entry.n != out.entries + 1 || entry.head != right) {
                out.broken_at = out.entries + 1;
                return;
            }
            ++out.entries;
            head = right;
            if (out.entries == noted) out.noted_head = hex(head);
        });
    out.head = hex(head);
    return out;
}

}  // namespace imloop::hub
