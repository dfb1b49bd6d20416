#include "journal/receipt.hpp"

#include <fmt/format.h>

#include <cassert>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"

namespace imloop::journal {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string receipt_message(std::string_view line) { return "imloop/receipt/v1\n" + to_hex(sha256(line)) + "\n"; }

Error malformed() { return {"malformed_receipt", "不是两行的回执", "not a receipt of two lines"}; }

struct ReceiptLines {
    std::string_view receipt, seal;
};

Result<ReceiptLines> parts_of_receipt(std::string_view bytes) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos || bytes.back() != '\n') return malformed();
    const auto seal = bytes.substr(end + 1, bytes.size() - end - 2);
    if (end == 0 || seal.empty() || seal.find('\n') != std::string_view::npos) return malformed();
    return ReceiptLines{bytes.substr(0, end), seal};
}

ordered_json outcome_json(const Outcome& o) {
    ordered_json out{{"seq", o.seq}};
    if (o.record_id) out["record_id"] = *o.record_id;
    out["status"] = name_of(o.status);
    if (!o.problems.empty()) {
        auto& problems = out["problems"] = ordered_json::array();
        for (const auto& p : o.problems)
            problems.push_back({{"pointer", p.pointer}, {"code", p.code}, {"detail", p.detail}});
    }
    if (o.first_seen)
        out["first_seen"] = {
            {"source", o.first_seen->source}, {"epoch", o.first_seen->epoch}, {"seq", o.first_seen->seq}};
    return out;
}

}  // namespace

std::string_view name_of(Status status) {
    constexpr std::string_view names[] = {"accepted", "duplicate", "rejected"};
    return names[static_cast<int>(status)];
}

std::optional<Status> status_named(std::string_view name) {
    for (const auto status : {Status::accepted, Status::duplicate, Status::rejected})
        if (name_of(status) == name) return status;
    return std::nullopt;
}

void to_json(json& out, const Outcome& outcome) { out = json(outcome_json(outcome)); }

void from_json(const json& in, Outcome& out) {
    out = {};
    in.at("seq").get_to(out.seq);
    if (in.contains("record_id")) out.record_id = in["record_id"].get<std::string>();
    const auto status = status_named(in.at("status").get<std::string>());
    if (!status) throw json::other_error::create(501, "unknown status", &in);
    out.status = *status;
    for (const auto& p : in.value("problems", json::array()))
        out.problems.push_back({p.at("pointer"), p.at("code"), p.at("detail")});
    if (const auto it = in.find("first_seen"); it != in.end())
        out.first_seen = LineAddress{it->at("source"), it->at("epoch"), it->at("seq")};
}

std::string build_receipt(const PrivateKey& hub_key, const Receipt& receipt) {
    assert(receipt.first > 0 && receipt.outcomes.size() == receipt.last - receipt.first + 1);
    auto outcomes = ordered_json::array();
    for (const auto& o : receipt.outcomes) outcomes.push_back(outcome_json(o));
    const ordered_json body{{"receipt", "imloop/receipt/1"},
                            {"source", receipt.source},
                            {"epoch", receipt.epoch},
                            {"first", receipt.first},
                            {"last", receipt.last},
                            {"head", to_hex(receipt.head)},
                            {"received_at", receipt.received_at},
                            {"outcomes", std::move(outcomes)}};
    const std::string line = body.dump();
    const ordered_json seal{{"alg", name_of(hub_key.algorithm())},
                            {"kid", hub_key.public_key().kid()},
                            {"sig", base64url(hub_key.sign(receipt_message(line)))}};
    return line + "\n" + seal.dump() + "\n";
}

Result<Receipt> parse_receipt(std::string_view bytes) {
    const auto lines = parts_of_receipt(bytes);
    if (!lines) return lines.error();
    const json body = parse_shallow(lines->receipt);
    try {
        Receipt out;
        if (body.at("receipt") != "imloop/receipt/1") return malformed();
        body.at("source").get_to(out.source);
        body.at("epoch").get_to(out.epoch);
        body.at("first").get_to(out.first);
        body.at("last").get_to(out.last);
        const auto head = digest_from_hex(body.at("head").get<std::string>());
        if (!head) return malformed();
        out.head = *head;
        body.at("received_at").get_to(out.received_at);
        body.at("outcomes").get_to(out.outcomes);
        return out;
    } catch (const json::exception&) {
        return malformed();
    }
}

Result<std::string> receipt_kid(std::string_view bytes) {
    const auto lines = parts_of_receipt(bytes);
    if (!lines) return lines.error();
    const json seal = parse_shallow(lines->seal);
    if (!seal.is_object() || !seal.contains("kid") || !seal["kid"].is_string()) return malformed();
    return seal["kid"].get<std::string>();
}

Result<Receipt> check_receipt(std::string_view bytes, const PublicKey& hub_key) {
    auto receipt = parse_receipt(bytes);
    if (!receipt) return receipt;
    const auto kid = receipt_kid(bytes);
    if (!kid) return kid.error();
    if (*kid != hub_key.kid()) return Error{"unknown_key", "回执由另一把钥匙签发", "the receipt names another key"};
    const auto lines = parts_of_receipt(bytes).value();
    const json seal = parse_shallow(lines.seal);
    const auto sig = seal.find("sig");
    const auto raw = sig != seal.end() && sig->is_string() ? from_base64url(sig->get<std::string>()) : std::nullopt;
    if (!raw || seal.value("alg", json()) != name_of(hub_key.algorithm()) ||
        !hub_key.verify(receipt_message(lines.receipt), *raw))
        return Error{"bad_seal", "回执的签名不符", "the receipt's signature does not match"};
    return receipt;
}

}  // namespace imloop::journal
