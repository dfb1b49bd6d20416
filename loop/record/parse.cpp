#include "loop/record/parse.hpp"

#include <simdjson.h>

#include <optional>
#include <utility>

#include "loop/json.hpp"

namespace imloop::loop::record {
namespace {

using simdjson::dom::element_type;

/// From simdjson's document; nothing where the line is for the strict reader to judge.
class Reading {
public:
    std::optional<Value> value(simdjson::dom::element e, int depth = 1) {
        if (++values_ > limits_.values) return std::nullopt;
        switch (e.type()) {
            case element_type::OBJECT:
                return depth > depth_max ? std::nullopt : object(e.get_object().value_unsafe(), depth);
            case element_type::ARRAY:
                return depth > depth_max ? std::nullopt : array(e.get_array().value_unsafe(), depth);
            case element_type::STRING:
                return Value::of_text(e.get_string().value_unsafe());
            case element_type::INT64: {
                const auto whole = e.get_int64().value_unsafe();
                return Value::of_whole(whole, static_cast<double>(whole));
            }
            case element_type::UINT64: {
                const auto whole = e.get_uint64().value_unsafe();
                return Value::of_whole(static_cast<std::int64_t>(whole), static_cast<double>(whole));
            }
            case element_type::DOUBLE:
                return Value::of_number(e.get_double().value_unsafe());
            case element_type::BOOL:
                return Value::of_truth(e.get_bool().value_unsafe());
            case element_type::NULL_VALUE:
                break;
        }
        return Value();
    }

private:
    std::optional<Value> object(simdjson::dom::object o, int depth) {
        if (o.size() > limits_.members) return std::nullopt;
        std::vector<Value> members;
        members.reserve(o.size());
        for (const auto [name, inner] : o) {
            auto member = value(inner, depth + 1);
            if (!member) return std::nullopt;
            members.push_back(std::move(member->named(name)));
        }
        std::ranges::sort(members, {}, &Value::name);
        if (std::ranges::adjacent_find(members, {}, &Value::name) != members.end()) return std::nullopt;
        return Value::of_object(std::move(members));
    }
    std::optional<Value> array(simdjson::dom::array a, int depth) {
        std::vector<Value> items;
        items.reserve(a.size());
        for (const auto inner : a) {
            auto item = value(inner, depth + 1);
            if (!item) return std::nullopt;
            items.push_back(std::move(*item));
        }
        return Value::of_array(std::move(items));
    }

    const JsonLimits limits_;
    std::size_t values_ = 0;
};

Value value_of(const nlohmann::json& json) {
    std::vector<Value> inner;
    inner.reserve(json.is_structured() ? json.size() : 0);
    switch (json.type()) {
        case nlohmann::json::value_t::object:
            for (const auto& [name, member] : json.get_ref<const nlohmann::json::object_t&>())
                inner.push_back(std::move(value_of(member).named(name)));
            return Value::of_object(std::move(inner));
        case nlohmann::json::value_t::array:
            for (const auto& item : json) inner.push_back(value_of(item));
            return Value::of_array(std::move(inner));
        case nlohmann::json::value_t::string:
            return Value::of_text(json.get_ref<const std::string&>());
        case nlohmann::json::value_t::boolean:
            return Value::of_truth(json.get<bool>());
        case nlohmann::json::value_t::number_integer:
        case nlohmann::json::value_t::number_unsigned:
            return Value::of_whole(json.get<std::int64_t>(), json.get<double>());
        case nlohmann::json::value_t::number_float:
            return Value::of_number(json.get<double>());
        default:
            return {};
    }
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Halves of surrogate pairs are read in different ways, and a mark before the text is passed over.
bool is_for_both(std::string_view line) {
    return !line.starts_with(byte_order_mark) && line.find("\\ud") == line.npos && line.find("\\uD") == line.npos;
}

}  // namespace

Parsed parse(std::string_view line) {
    if (!is_for_both(line)) return parse_strictly(line);
    thread_local simdjson::dom::parser parser;
    auto document = std::make_shared<simdjson::dom::document>();
    const auto root = parser.parse_into_document(*document, line.data(), line.size());
    if (root.error() != simdjson::SUCCESS) return parse_strictly(line);
    auto read = Reading().value(root.value_unsafe());
    if (!read) return parse_strictly(line);
    return {std::move(*read), {}, {}, std::move(document)};
}

Parsed parse_strictly(std::string_view line) {
    if (is_utf8(line) && line.starts_with(byte_order_mark)) return {{}, "not_json", {}, {}};
    auto read = parse_bounded(line, {.depth = depth_max});
    if (!read.code.empty()) return {{}, std::move(read.code), std::move(read.pointer), {}};
    const auto texts = std::make_shared<const nlohmann::json>(std::move(read.json));
    return {value_of(*texts), {}, {}, texts};
}

nlohmann::json json_of(const Value& value) {
    using Type = Value::Type;
    auto out = nlohmann::json(nullptr);
    if (value.type() == Type::boolean) out = value.truth();
    if (value.type() == Type::whole) out = value.whole();
    if (value.type() == Type::number) out = value.number();
    if (value.type() == Type::string) out = value.text();
    if (value.type() == Type::array) {
        out = nlohmann::json::array();
        for (const auto& item : value.items()) out.push_back(json_of(item));
    }
    if (value.type() == Type::object) {
        out = nlohmann::json::object();
        for (const auto& member : value.items()) out[std::string(member.name())] = json_of(member);
    }
    return out;
}

}  // namespace imloop::loop::record
