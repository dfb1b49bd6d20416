// A line's JSON as it was read: what schema, semantics and facts are read from. Objects hold each name once, in the
// order of the names, whatever order the text has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace imloop::loop::record {

/// Names and texts are views of what Parsed holds (parse.hpp). Thread safe.
class Value {
public:
    enum class Type : std::uint8_t { null, boolean, whole, number, string, array, object };

    Value() = default;
    static Value of_truth(bool truth) { return {Type::boolean, {}, truth ? 1.0 : 0.0, truth}; }
    static Value of_whole(std::int64_t whole, double number) { return {Type::whole, {}, number, whole}; }
    static Value of_number(double number) { return {Type::number, {}, number, 0}; }
    static Value of_text(std::string_view text) { return {Type::string, text, 0, 0}; }
    static Value of_array(std::vector<Value> items) { return {Type::array, std::move(items)}; }
    /// Members in the order of their names.
    static Value of_object(std::vector<Value> members) { return {Type::object, std::move(members)}; }
    Value& named(std::string_view name) {
        name_ = name;
        return *this;
    }

    Type type() const { return type_; }
    bool is_object() const { return type_ == Type::object; }
    bool is_array() const { return type_ == Type::array; }
    bool is_string() const { return type_ == Type::string; }
    bool is_boolean() const { return type_ == Type::boolean; }
    bool is_whole() const { return type_ == Type::whole; }
    bool is_number() const { return type_ == Type::whole || type_ == Type::number; }

    /// Of a text, else empty.
    std::string_view text() const { return text_; }
    /// Of any number, else 0.
    double number() const { return number_; }
    /// Written without fraction and exponent, else 0; above 2^63 its last 64 bits.
    std::int64_t whole() const { return whole_; }
    bool truth() const { return whole_ != 0; }

    /// Of an array in its order; of an object in the order of the names.
    std::span<const Value> items() const { return items_; }
    std::size_t size() const { return items_.size(); }
    /// As a member of an object.
    std::string_view name() const { return name_; }
    /// None where this is no object or has no such member.
    const Value* find(std::string_view name) const {
        if (!is_object()) return nullptr;
        const auto at = std::ranges::lower_bound(items_, name, {}, &Value::name);
        return at != items_.end() && at->name() == name ? &*at : nullptr;
    }
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    /// The text of a member; empty where there is none, or it is no text.
    std::string_view text_of(std::string_view name) const {
        const auto* member = find(name);
        return member ? member->text() : std::string_view();
    }

private:
    Value(Type type, std::string_view text, double number, std::int64_t whole)
        : type_(type), text_(text), number_(number), whole_(whole) {}
    Value(Type type, std::vector<Value> items) : type_(type), items_(std::move(items)) {}

    Type type_ = Type::null;
    std::string_view name_, text_;
    double number_ = 0;
    std::int64_t whole_ = 0;
    std::vector<Value> items_;
};

}  // namespace imloop::loop::record
