#include "loop/record/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>

#include "loop/record/codes.hpp"
#include "loop/record/text.hpp"
#include "loop/tables.hpp"
#include "loop/time.hpp"
#include "schemas/embedded.hpp"

namespace imloop::loop::record {

using nlohmann::json;

namespace {

/// Longer texts match no pattern: std::regex walks a text recursively.
constexpr std::size_t pattern_text_max = 256;

enum Type : unsigned { object = 1, array = 2, string = 4, number = 8, integer = 16, boolean = 32, null = 64 };

unsigned type_named(const std::string& name) {
    static const std::map<std::string, unsigned> types = {
        {"object", object},   {"array", array},     {"string", string}, {"number", number | integer},
        {"integer", integer}, {"boolean", boolean}, {"null", null}};
    return types.at(name);
}

unsigned type_of(const Value& value) {
    switch (value.type()) {
        case Value::Type::object:
            return object;
        case Value::Type::array:
            return array;
        case Value::Type::string:
            return string;
        case Value::Type::boolean:
            return boolean;
        case Value::Type::whole:
            return integer;
        case Value::Type::number:  // draft-07 counts 1.0 among the integers
            return std::trunc(value.number()) == value.number() ? integer : number;
        case Value::Type::null:
            break;
    }
    return null;
}

bool is(const Value& value, const json& wanted) {
    if (wanted.is_string()) return value.is_string() && value.text() == wanted.get_ref<const std::string&>();
    if (wanted.is_boolean()) return value.is_boolean() && value.truth() == wanted.get<bool>();
    return value.is_number() && value.number() == wanted.get<double>();
}

}  // namespace

struct Schema::Node {
    unsigned types = 0;  ///< 0: any
    std::string type_words;
    std::vector<std::string> required;
    std::map<std::string, const Node*, std::less<>> properties;
    std::vector<std::pair<std::string, std::vector<std::string>>> dependencies;
    const Node* items = nullptr;
    const Node* names = nullptr;   ///< of an object's members
    const Node* others = nullptr;  ///< members that `properties` does not name
    std::vector<const Node*> all_of, any_of;
    const Node* not_ = nullptr;
    const Node* if_ = nullptr;
    const Node* then = nullptr;
    std::vector<json> one_of_values;  ///< enum or const
    std::string values_words;
    std::optional<std::size_t> length_min, length_max, items_min;
    std::optional<double> minimum, maximum, multiple_of;
    std::optional<std::regex> pattern;
    std::string pattern_words;
    std::string format;
    const Codes* codes = nullptr;
    std::string code;  ///< x-code: what breaking `not`, `anyOf`, `pattern` or `required` here is called

    void check(const Value& value, const std::string& at, std::vector<Fault>& faults) const;
    bool holds(const Value& value) const {
        std::vector<Fault> faults;
        check(value, "", faults);
        return std::ranges::none_of(faults, [](const Fault& f) { return !f.warning; });
    }

private:
    void check_object(const Value&, const std::string& at, std::vector<Fault>&) const;
    void check_text(const Value&, const std::string& at, std::vector<Fault>&) const;
    void check_number(const Value&, const std::string& at, std::vector<Fault>&) const;
    std::string called(std::string_view usual) const { return code.empty() ? std::string(usual) : code; }
};

void Schema::Node::check(const Value& value, const std::string& at, std::vector<Fault>& faults) const {
    const unsigned type = type_of(value);
    if (types != 0 && (types & type) == 0) {
        faults.push_back({at, "wrong_type", type_words});
        return;
    }
    if (!one_of_values.empty() &&
        std::ranges::none_of(one_of_values, [&](const json& wanted) { return is(value, wanted); }))
        faults.push_back({at, called("unknown_code"), values_words});
    if (type == object) check_object(value, at, faults);
    if (type == string) check_text(value, at, faults);
    if (type == number || type == integer) check_number(value, at, faults);
    if (type == array) {
        if (items_min && value.size() < *items_min)
            faults.push_back({at, called("too_few_items"), std::to_string(*items_min)});
        if (items)
            for (std::size_t i = 0; i < value.size(); ++i)
                items->check(value.items()[i], fmt::format("{}/{}", at, i), faults);
    }
    for (const Node* node : all_of) node->check(value, at, faults);
    if (!any_of.empty() && std::ranges::none_of(any_of, [&](const Node* node) { return node->holds(value); }))
        faults.push_back({at, called("none_applies")});
    if (not_ && not_->holds(value)) faults.push_back({at, called("not_allowed")});
    if (if_ && then && if_->holds(value)) then->check(value, at, faults);
}

void Schema::Node::check_object(const Value& value, const std::string& at, std::vector<Fault>& faults) const {
    for (const auto& name : required)
        if (!value.contains(name)) faults.push_back({at + "/" + pointer_token(name), called("member_missing")});
    for (const auto& [name, needed] : dependencies) {
        if (!value.contains(name)) continue;
        for (const auto& other : needed)
            if (!value.contains(other)) faults.push_back({at + "/" + pointer_token(other), called("member_missing")});
    }
    if (properties.empty() && !names && !others) return;
    for (const auto& member : value.items()) {
        const std::string pointer = at + "/" + pointer_token(member.name());
        if (names) names->check(Value::of_text(member.name()), pointer, faults);
        const auto found = properties.find(member.name());
        const Node* of = found != properties.end() ? found->second : others;
        if (of) of->check(member, pointer, faults);
    }
}

void Schema::Node::check_text(const Value& value, const std::string& at, std::vector<Fault>& faults) const {
    const auto text = value.text();
    if (length_min && characters(text) < *length_min)
        faults.push_back({at, "text_too_short", std::to_string(*length_min)});
    if (length_max && characters(text) > *length_max)
        faults.push_back({at, "text_too_long", std::to_string(*length_max)});
    if (pattern && (text.size() > pattern_text_max || !std::regex_search(text.begin(), text.end(), *pattern)))
        faults.push_back({at, called("bad_format"), pattern_words});
    if (format == "date-time" && !parse_moment(text)) faults.push_back({at, "bad_time"});
    if (format == "date" && !parse_day(text)) faults.push_back({at, "bad_day"});
    if (codes && !codes->contains(text)) faults.push_back({at, "unfamiliar_code", "", true});
}

void Schema::Node::check_number(const Value& value, const std::string& at, std::vector<Fault>& faults) const {
    const double v = value.number();
    if (minimum && v < *minimum) faults.push_back({at, "number_out_of_range", fmt::format("≥ {}", *minimum)});
    if (maximum && v > *maximum) faults.push_back({at, "number_out_of_range", fmt::format("≤ {}", *maximum)});
    if (multiple_of) {
        // 19.99 is no exact multiple of 0.01 in binary: a millionth of a step is taken for rounding.
        const double steps = v / *multiple_of;
        if (std::abs(steps - std::round(steps)) > 1e-6 * std::max(1.0, std::abs(steps) * 1e-6))
            faults.push_back({at, "too_many_decimals", fmt::format("{}", *multiple_of)});
    }
}

namespace {

/// Reads schema files into nodes; `$ref` is `#/definitions/NAME` or `FILE#/definitions/NAME` beside the file.
class Compiler {
public:
    using Node = Schema::Node;
    explicit Compiler(std::vector<std::unique_ptr<Node>>& nodes) : nodes_(nodes) {}

    const Node* file(const std::string& path) { return node(document(path), path); }

private:
    const json& document(const std::string& path) {
        const auto found = documents_.find(path);
        if (found != documents_.end()) return found->second;
        return documents_.emplace(path, json::parse(schemas::text(path))).first->second;
    }

    const Node* referred(const std::string& ref, const std::string& path) {
        const auto hash = ref.find('#');
        const std::string file = hash == 0 ? path : path.substr(0, path.rfind('/') + 1) + ref.substr(0, hash);
        const std::string where = hash == std::string::npos ? "" : ref.substr(hash + 1);
        auto& known = referred_[file + "#" + where];
        if (!known) known = node(document(file).at(json::json_pointer(where)), file);
        return known;
    }

    std::vector<const Node*> several(const json& schemas, const std::string& path) {
        std::vector<const Node*> out;
        for (const auto& schema : schemas) out.push_back(node(schema, path));
        return out;
    }

    static std::string words(const json& values) {
        std::string out;
        for (const auto& value : values)
            out += (out.empty() ? "" : ", ") + (value.is_string() ? value.get<std::string>() : value.dump());
        return out;
    }

    const Node* node(const json& schema, const std::string& path) {
        if (schema.contains("$ref")) return referred(schema.at("$ref").get<std::string>(), path);
        Node& out = *nodes_.emplace_back(std::make_unique<Node>());
        for (const auto& [key, value] : schema.items()) keyword(out, key, value, path);
        return &out;
    }

    void keyword(Node& out, const std::string& key, const json& value, const std::string& path) {
        static const std::set<std::string> notes = {"$schema", "$id",         "$comment",
                                                    "title",   "description", "definitions"};
        if (notes.contains(key)) return;
        if (key == "type") {
            const json names = value.is_array() ? value : json::array({value});
            for (const auto& name : names) out.types |= type_named(name.get<std::string>());
            out.type_words = words(names);
        } else if (key == "required") {
            out.required = value.get<std::vector<std::string>>();
        } else if (key == "properties") {
            for (const auto& [name, member] : value.items()) out.properties[name] = node(member, path);
        } else if (key == "propertyNames") {
            out.names = node(value, path);
        } else if (key == "additionalProperties") {
            out.others = node(value, path);
        } else if (key == "dependencies") {
            for (const auto& [name, needed] : value.items())
                out.dependencies.emplace_back(name, needed.get<std::vector<std::string>>());
        } else if (key == "items") {
            out.items = node(value, path);
        } else if (key == "allOf") {
            out.all_of = several(value, path);
        } else if (key == "anyOf") {
            out.any_of = several(value, path);
        } else if (key == "not") {
            out.not_ = node(value, path);
        } else if (key == "if") {
            out.if_ = node(value, path);
        } else if (key == "then") {
            out.then = node(value, path);
        } else if (key == "enum" || key == "const") {
            const json values = key == "enum" ? value : json::array({value});
            for (const auto& one : values)
                if (!one.is_string() && !one.is_boolean() && !one.is_number()) unknown(path, key + " " + one.dump());
            out.one_of_values = values.get<std::vector<json>>();
            out.values_words = words(values);
        } else if (key == "pattern") {
            out.pattern_words = value.get<std::string>();
            out.pattern.emplace(out.pattern_words, std::regex::ECMAScript | std::regex::optimize);
        } else if (key == "format") {
            out.format = value.get<std::string>();
            if (out.format != "date-time" && out.format != "date") unknown(path, "format " + out.format);
        } else if (key == "x-codes") {
            out.codes = &codes(value.get<std::string>());
        } else if (key == "x-code") {
            out.code = value.get<std::string>();
        } else {
            bound(out, key, value, path);
        }
    }

    void bound(Node& out, const std::string& key, const json& value, const std::string& path) {
        if (key == "minLength")
            out.length_min = value.get<std::size_t>();
        else if (key == "maxLength")
            out.length_max = value.get<std::size_t>();
        else if (key == "minItems")
            out.items_min = value.get<std::size_t>();
        else if (key == "minimum")
            out.minimum = value.get<double>();
        else if (key == "maximum")
            out.maximum = value.get<double>();
        else if (key == "multipleOf")
            out.multiple_of = value.get<double>();
        else
            unknown(path, key);
    }

    [[noreturn]] static void unknown(const std::string& path, const std::string& what) {
        throw std::runtime_error(fmt::format("{}: keyword not known here: {}", path, what));
    }

    std::vector<std::unique_ptr<Node>>& nodes_;
    std::map<std::string, json> documents_;
    std::map<std::string, const Node*> referred_;
};

}  // namespace

Schema::Schema(std::string_view path) { root_ = Compiler(nodes_).file(std::string(path)); }
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;

void Schema::check(const Value& value, const std::string& at, std::vector<Fault>& faults) const {
    root_->check(value, at, faults);
}

const Schema& schema_of(Kind kind) {
    static const std::vector<Schema> all = [] {
        std::vector<Schema> out;
        for (const auto code : kind_codes) out.emplace_back(fmt::format("records/{}.json", code));
        return out;
    }();
    return all[static_cast<std::size_t>(kind)];
}

}  // namespace imloop::loop::record
