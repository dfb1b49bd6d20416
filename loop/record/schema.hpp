// JSON Schema (draft-07) as far as schemas/records uses it, compiled once and then only read.
// An own validator because a station's operator needs a stable code and a pointer for every fault.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loop/fact.hpp"
#include "loop/record/value.hpp"

namespace imloop::loop::record {

/// What a value breaks: its place and a code. What was found there has no member here: it may be a plate or a VIN, and
/// receipts, logs and answers tell a fault on. `want` says what would be right, in words of schemas and tables alone.
struct Fault {
    std::string pointer;
    std::string code;
    std::string want = {};
    bool warning = false;  ///< an unknown code of a list that may grow (`x-codes`)
};

class Schema {
public:
    /// `path` is relative to schemas/, e.g. `records/repair.json`. Throws std::runtime_error where the file is missing
    /// or holds a keyword not known here: a rule of a schema must never be skipped silently.
    explicit Schema(std::string_view path);
    ~Schema();
    Schema(Schema&&) noexcept;

    /// Appends what is wrong with `value`, whose pointer is `at`. Thread safe.
    void check(const Value& value, const std::string& at, std::vector<Fault>& faults) const;

    struct Node;

private:
    std::vector<std::unique_ptr<Node>> nodes_;
    const Node* root_ = nullptr;
};

/// The schema of a kind, compiled at the first call for any kind. Thread safe.
const Schema& schema_of(Kind);

}  // namespace imloop::loop::record
