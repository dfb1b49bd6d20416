#include "tests/support/hub.hpp"

#include <future>
#include <iostream>

#include "hub/api/handed_over.hpp"
#include "journal/json.hpp"

namespace imloop::test {

void HubAt::open() {
    hub::HubOptions options{data, [this] { return now.load(); }, 2};
    options.answer_handed_over = hub::answer_handed_over;
    hub.emplace(std::move(options));
}

void HubAt::reopen() {
    hub.reset();
    open();
}

hub::Answer HubAt::admin(const std::string& command, const nlohmann::json& body) {
    return hub::answer_of(*hub, command, body.dump());
}

void HubAt::ask(const hub::Caller& caller, hub::Request request, hub::Done done) {
    const auto routed = hub::route_at(hub::Listener::stations, request);
    if (routed.route == nullptr) return done(routed.refusal);
    if (auto refusal = hub::not_for(*routed.route, caller)) return done(std::move(*refusal));
    hub::answer(*routed.route, {*hub, hub::Scope::of_source(caller.source), std::move(request), caller}, done);
}

hub::Answer HubAt::ask(const hub::Caller& caller, hub::Request request) {
    std::promise<hub::Answer> answered;
    ask(caller, std::move(request), [&](hub::Answer a) { answered.set_value(std::move(a)); });
    return hub::as_sent(answered.get_future().get());
}

hub::Answer HubAt::get(const hub::Caller& caller, const std::string& path, const std::string& if_none_match) {
    hub::Request request{"GET", "/api/v1/" + path};
    request.if_none_match = if_none_match;
    return ask(caller, std::move(request));
}

hub::Request HubAt::to_send(const std::string& method, const std::string& path, std::string body) {
    hub::Request request{method, "/api/v1/" + path};
    request.body = std::move(body);
    return request;
}

hub::Answer HubAt::send(const hub::Caller& caller, const std::string& bytes, const std::string& encoding) {
    auto request = to_send("POST", "journal", bytes);
    request.content_encoding = encoding;
    return ask(caller, std::move(request));
}

hub::Answer HubAt::put_trace(const hub::Caller& caller, const std::string& csv) {
    return ask(caller, to_send("PUT", "traces/" + journal::to_hex(journal::sha256(csv)), csv));
}

hub::Answer HubAt::clearance(const hub::Caller& caller, const nlohmann::json& vehicle) {
    return ask(caller, to_send("POST", "clearances", vehicle.dump()));
}

std::string HubAt::metrics() {
    hub::Request request{"GET", "/metrics"};
    const auto routed = hub::route_at(hub::Listener::operators, request);
    std::promise<hub::Answer> answered;
    hub::answer(*routed.route, {*hub, hub::Scope::operator_(), std::move(request)},
                [&](hub::Answer a) { answered.set_value(std::move(a)); });
    return answered.get_future().get().body;
}

hub::Caller HubAt::add(const std::string& station, const journal::PublicKey& key, nlohmann::json more) {
    more.update(
        {{"id", station}, {"name", station}, {"valid_from", "2020-01-01"}, {"spki", journal::base64(key.spki())}});
    const auto answer = admin("station_add", more);
    if (answer.status != 200) throw std::runtime_error(answer.body);
    return {station, key.kid()};
}

hub::Answer HubAt::set_policy(const nlohmann::json& words, const std::string& valid_from) {
    const auto day = valid_from.empty() ? loop::format_day(loop::day_of(now)) : valid_from;
    const auto set =
        admin("policy_set", {{"officer_id", "魏岚"}, {"valid_from", day}, {"words", words}, {"form", "json"}});
    if (set.status != 200) return set;
    return admin("policy_confirm", {{"id", journal::parsed(set.body).at("id")}, {"officer_id", "孟佳"}});
}

std::string HubAt::exported() {
    const TempDir out;
    admin("export", {{"path", out.path().string()}});
    std::string all;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(out.path() / "journals"))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) all += file.filename().string() + "\n" + read_file(file);
    return all;
}

bool HubAt::clean() {
    const auto verified = admin("verify").body;
    const bool is_clean = journal::parsed(verified).at("clean").get<bool>();
    if (!is_clean) std::cerr << verified << '\n';
    return is_clean;
}

TestHub::TestHub(loop::Moment at, const std::string& store) : HubAt(folder.path() / "hub", at) {
    hub::Hub::init(data, "H610400-01", "测试中心", {"localhost", "127.0.0.1"}, now, store);
    open();
}

std::string code_of(const hub::Answer& answer) {
    if (answer.error) return std::to_string(answer.status) + " " + answer.error->code;
    const auto body = journal::parsed_or_discarded(answer.body);
    return std::to_string(answer.status) + " " + (body.is_object() ? body.value("code", "") : "");
}

}  // namespace imloop::test
