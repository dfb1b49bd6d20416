#include "station/page/site.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "journal/digest.hpp"
#include "loop/admission.hpp"
#include "loop/tables.hpp"
#include "station/ids.hpp"

namespace imloop::station::page {

using nlohmann::json;

Site::Site(const Config& config, Uploading& uploading, HubCopy& copy, std::string form_token, watch::Watching* watching)
    : token(std::move(form_token)),
      config_(config),
      uploading_(uploading),
      copy_(copy),
      outbox_(config.data, config.station_id, [] { return new_uuid7(unix_now()); }),
      watching_(watching) {
    if (watching_ != nullptr) ledger_.emplace(config.data);
}

Situation Site::situation() {
    constexpr std::size_t attention_max = 1000;
    Situation s;
    s.upload = uploading_.state();
    const auto counts = outbox_.counts();
    s.waiting = counts.lines - counts.acknowledged + counts.traces_waiting;
    s.attention = counts.rejected == 0 ? 0 : outbox_.unmended(attention_max).size();
    if (watching_ != nullptr) {
        s.files_rejected = ledger_->open_count();
        for (const auto& folder : watching_->folders())
            if (folder.trouble) ++s.folders_in_trouble;
    }
    std::error_code error;
    const auto space = std::filesystem::space(config_.data, error);
    if (!error) s.disk_free = space.available;
    s.clock_ahead_ms = s.upload.clock_ahead_ms;
    s.now = unix_now();
    return s;
}

Answer Site::shown(const Request& r, std::string_view path, std::string_view title, const Html& body) {
    return shown(r, path, title, body, state_of(situation(), r.words));
}

Answer Site::shown(const Request& r, std::string_view path, std::string_view title, const Html& body,
                   State state) const {
    return page({config_.name, config_.station_id, tabs(r.words), std::move(state), token}, r, path, title, body);
}

Answer Site::no_page(const Request& r) {
    const auto words = r.words("没有这一页", "No such page");
    auto out = shown(r, "", words, html(R"(<div class="pad"><h1>{}</h1></div>)", words));
    out.status = 404;
    return out;
}

std::vector<std::string> Site::save(const json& record, const Language& w) {
    const auto line = record.dump();
    const auto admitted = loop::admit(line, config_.station_id, unix_now());
    std::vector<std::string> problems;
    for (const auto& p : admitted.problems) problems.push_back(w.lang == Lang::zh ? p.zh : p.en);
    if (!problems.empty()) return problems;
    if (const auto appended = outbox_.append(line, *admitted.record_id); !appended) return {appended.error().detail()};
    uploading_.appended();
    return {};
}

State line_state(const std::string& status, const Language& w) {
    if (status.empty()) return {std::string(w("等待", "Waiting")), "waiting", Tone::none, "", ""};
    if (status == "rejected") return {std::string(w("需处理", "Needs attention")), "attention", Tone::warn, "", ""};
    if (status == "duplicate") return {std::string(w("以前收过", "Received before")), "good", Tone::good, "", ""};
    return {std::string(w("已接收", "Accepted")), "good", Tone::good, "", ""};
}

std::string short_digest(const std::string& bytes) {
    const auto hex = journal::to_hex(journal::sha256(bytes));
    return hex.substr(0, 4) + " " + hex.substr(4, 4);
}

std::string shown_plate(const std::string& plate) {
    if (plate.find("\xC2\xB7") != std::string::npos || plate.size() < 6) return plate;
    if (static_cast<unsigned char>(plate[0]) < 0x80) return plate;  // a VIN, in place of a plate
    std::size_t province = 1;
    while (province < plate.size() && (static_cast<unsigned char>(plate[province]) & 0xC0) == 0x80) ++province;
    if (province + 1 >= plate.size() || plate[province] < 'A' || plate[province] > 'Z') return plate;  // 临陕D12345
    return plate.substr(0, province + 1) + "\xC2\xB7" + plate.substr(province + 1);
}

Summary summary_of(const json& record, const Language& w) {
    const auto word = [&](const std::string& code) {
        const auto words = loop::term(code);
        return w.lang == Lang::zh ? words.zh : words.en;
    };
    Summary out;
    if (!record.is_object()) return out;  // a line that is no record is refused by the hub; the page shows the others
    const std::string schema = record.value("schema", "");
    const auto first = schema.find('/');
    const auto kind = schema.substr(first + 1, schema.rfind('/') - first - 1);
    out.when = record.value("occurred_at", "");
    const auto vehicle = record.value("replacement", record).value("vehicle", json::object());
    out.what = shown_plate(vehicle.value("plate", vehicle.value("vin", "")));
    if (out.what.empty()) out.what = word(kind);
    out.detail = word(kind);
    if (const auto* method = loop::method_named(record.value("method", "")))
        out.detail = w.lang == Lang::zh ? method->zh : method->en;
    if (record.contains("verdict")) out.detail += " · " + word(record["verdict"].get<std::string>());
    if (record.contains("report_no"))
        out.detail += std::string(w(" · 报告 ", " · report ")) + record["report_no"].get<std::string>();
    if (record.contains("work_order_no"))
        out.detail += std::string(w(" · 工单 ", " · order ")) + record["work_order_no"].get<std::string>();
    if (record.contains("corrects")) out.detail += " · " + record.value("reason", "");
    return out;
}

}  // namespace imloop::station::page
