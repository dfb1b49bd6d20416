#include "station/intake/profiles/members.hpp"

#include <algorithm>

#include "loop/json.hpp"
#include "loop/record/text.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;

std::string folded(const std::string& name) {
    std::string out;
    for (const char c : name)
        if (c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::vector<std::string> tokens_of(const std::string& path) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < path.size();) {
        const auto end = std::min(path.find('/', at + 1), path.size());
        out.push_back(path.substr(at + 1, end - at - 1));
        at = end;
    }
    return out;
}

void walk(const json& from, const std::string& pointer, const std::vector<std::string>& tokens, std::size_t at,
          bool any_case, std::vector<Found>& out) {
    if (at == tokens.size()) {
        out.push_back({&from, pointer});
        return;
    }
    const auto& token = tokens[at];
    if (from.is_array()) {
        // A list where one thing is meant: its first element, unless all are asked for.
        for (std::size_t i = 0; i < from.size(); ++i) {
            if (token != "*" && i > 0) break;
            walk(from[i], pointer + "/" + std::to_string(i), tokens, token == "*" ? at + 1 : at, any_case, out);
        }
        return;
    }
    if (token == "*") return walk(from, pointer, tokens, at + 1, any_case, out);
    if (!from.is_object()) return;
    if (const auto found = from.find(token); found != from.end())
        return walk(*found, pointer + "/" + loop::record::pointer_token(token), tokens, at + 1, any_case, out);
    if (!any_case) return;
    const auto want = folded(token);
    for (const auto& [name, value] : from.items())
        if (folded(name) == want)
            return walk(value, pointer + "/" + loop::record::pointer_token(name), tokens, at + 1, any_case, out);
}

void add_leaves(const json& value, const std::string& pointer, std::vector<Member>& out) {
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) add_leaves(value[i], pointer + "/" + std::to_string(i), out);
    else if (value.is_string())
        out.push_back({tidy(value.get_ref<const std::string&>()), pointer, false});
    else if (value.is_primitive() && !value.is_null())
        out.push_back({value.dump(), pointer, value.is_number_float()});
}

}  // namespace

std::vector<Found> find_all(const json& from, const std::string& base, const std::string& path, bool any_case) {
    std::vector<Found> out;
    walk(from, base, tokens_of(path), 0, any_case, out);
    return out;
}

std::vector<Member> Members::all(const std::string& path) const {
    std::vector<Member> out;
    if (is_row_) {
        if (const auto cell = record_->find(path); cell != record_->end())
            out.push_back({tidy(cell->get_ref<const std::string&>()), path, false});
        return out;
    }
    const bool of_document = path.starts_with("#/");
    std::vector<Found> found;
    if (of_document)
        found = find_all(*document_, {}, path.substr(1), any_case_);
    else
        walk(*record_, base_, path.starts_with('/') ? tokens_of(path) : std::vector{path}, 0, any_case_, found);
    for (const auto& [json, pointer] : found) add_leaves(*json, pointer, out);
    return out;
}

void unfold(json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        const auto first = text.find_first_not_of(" \r\n\t");
        if (first == std::string::npos || (text[first] != '{' && text[first] != '[')) return;
        auto inside = loop::json_of(text);
        if (inside.is_structured()) value = std::move(inside);
        return;
    }
    if (value.is_structured())
        for (auto& inner : value) unfold(inner);
}

json json_of(const XmlNode& node) {
    if (node.is_damaged) return nullptr;
    if (node.children.empty()) return node.text;
    json out = json::object();
    for (const auto& child : node.children) {
        auto value = json_of(child);
        if (!out.contains(child.name)) {
            out[child.name] = std::move(value);
            continue;
        }
        auto& there = out[child.name];
        if (!there.is_array()) there = json::array({there});
        there.push_back(std::move(value));
    }
    return out;
}

}  // namespace imloop::station::intake
