// Where the rows of a projection's tables lie while nobody works on them: bytes under keys, table by table. The hub's
// lie in its database; without any, a table holds all its rows itself.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imloop::loop {

/// A row whose bytes are not what was written.
class BadRow : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Everything read is of one moment: what changes behind it is told to nobody who holds rows of it.
class Rows {
public:
    using Row = std::pair<std::string, std::string>;  // key, bytes
    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    virtual ~Rows() = default;
    virtual std::optional<std::string> find(std::string_view table, std::string_view key) const = 0;
    /// Those of from <= key < to in their order, `limit` at most; an empty `to` is the end.
    virtual std::vector<Row> range(std::string_view table, std::string_view from, std::string_view to,
                                   std::size_t limit) const = 0;
    /// Whether many rows cost little more than one. Then, in any order: those of these keys that are there; those whose
    /// keys begin with one of these, of which none begins with another.
    virtual bool reads_sets() const { return false; }
    virtual std::vector<Row> of_keys(std::string_view table, const std::vector<std::string>& keys) const;
    virtual std::vector<Row> under(std::string_view table, const std::vector<std::string>& prefixes) const;
};

/// What a batch made of the rows: the bytes of each that is new or other than before, nothing for one that is gone.
using RowChanges =
    std::function<void(std::string_view table, std::string_view key, const std::optional<std::string>& bytes)>;

}  // namespace imloop::loop
