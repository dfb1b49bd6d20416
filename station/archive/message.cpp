#include "station/archive/message.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loop/json.hpp"
#include "loop/vehicle/text.hpp"
#include "station/intake/shop/columns.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::archive {
namespace {

using nlohmann::json;

constexpr std::size_t rows_of_order_max = 500;
constexpr int depth_max = 6;
constexpr std::string_view containers[] = {"basicinfo", "transaction", "body", "reqinfo"};

/// What a string holds where it is JSON itself.
json opened(json value) {
    for (int i = 0; i < 2 && value.is_string(); ++i) {
        const auto text = intake::tidy(value.get_ref<const std::string&>());
        if (!text.starts_with('{') && !text.starts_with('[')) break;
        auto inner = loop::json_of(text);
        if (inner.is_discarded()) break;
        value = std::move(inner);
    }
    return value;
}

std::string text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? std::string() : value.dump();
}

Row row_of(const json& object) {
    Row out;
    for (const auto& [name, value] : object.items())
        if (!value.is_structured()) out.emplace(loop::lower(name), text_of(value));
    return out;
}

/// A list of objects, of objects as strings, or one object alone.
std::vector<Row> rows_of(const json& list) {
    std::vector<Row> out;
    if (list.is_object()) return {row_of(list)};
    if (!list.is_array()) return out;
    for (const auto& entry : list)
        if (const auto object = opened(entry); object.is_object()) out.push_back(row_of(object));
    return out;
}

void gather(const json& object, Message& out, int depth) {
    for (const auto& [name_sent, sent] : object.items()) {
        const auto name = loop::lower(name_sent);
        const auto value = opened(sent);
        if (name == "repairprojectlist") {
            out.projects = rows_of(value);
        } else if (name == "vehiclepartslist") {
            out.parts = rows_of(value);
        } else if (name == "sum" && value.is_object()) {
            for (const auto& [inner, amount] : row_of(value)) out.members.emplace("sum." + inner, amount);
        } else if (value.is_object()) {
            if (depth < depth_max && std::ranges::find(containers, name) != std::end(containers))
                gather(value, out, depth + 1);
        } else if (!value.is_array()) {
            out.members.emplace(name, text_of(value));
        }
    }
}

/// Line breaks typed into a text stand raw in the JSON of some software.
std::string without_breaks(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

}  // namespace

bool says_nothing(std::string_view text) {
    const auto plain = intake::tidy(text);
    return plain.find_first_not_of("0.") == std::string::npos || intake::shop_blank(plain, "plate");
}

std::string value_in(const Row& row, const std::string& name) {
    const auto it = row.find(name);
    return it == row.end() || says_nothing(it->second) ? std::string() : intake::tidy(it->second);
}

std::string Message::value(const std::string& name) const { return value_in(members, name); }

intake::Declared declared_in(std::string_view content_type) {
    constexpr std::string_view parameter = "charset=";
    const auto type = loop::lower(std::string(content_type));
    const auto at = type.find(parameter);
    if (at == std::string::npos) return intake::Declared::nothing;
    const auto name = type.substr(at + parameter.size());
    return intake::declared_as(std::string_view(name).substr(name.starts_with('"') ? 1 : 0));
}

journal::Result<Message> read_message(std::string_view bytes, intake::Declared declared) {
    const auto text = intake::text_of(bytes, declared);
    if (!text)
        return journal::Error(
            "bad_message", "报文读不了：既不是 UTF-8，也不是所声明的编码，请用 UTF-8",
            "the message can't be read: it is neither UTF-8 nor of the encoding it declares, send UTF-8");
    const auto read = loop::parse_bounded(without_breaks(*text));
    if (!read.code.empty()) {
        const auto why = loop::json_problem(read.code, read.pointer);
        return journal::Error("bad_message", "报文读不了：" + why.zh, "the message can't be read: " + why.en);
    }
    const auto whole = opened(read.json);
    if (!whole.is_object()) return journal::Error("bad_message", "报文不是 JSON 对象", "the message is no JSON object");
    Message out;
    gather(whole, out, 0);
    if (out.projects.size() > rows_of_order_max || out.parts.size() > rows_of_order_max)
        return journal::Error("bad_message", "项目或配件超过 500 行", "more than 500 items or parts");
    return out;
}

std::string answer_text(Dialect dialect, bool taken, const std::string& status, const AnswerMembers& more) {
    nlohmann::ordered_json out{{"code", taken ? "1" : "0"}, {"status", status}};
    for (const auto& [name, value] : more) out[name] = value;
    if (dialect == Dialect::chengdu) out = nlohmann::ordered_json{{"respInfo", out}};
    return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace imloop::station::archive
