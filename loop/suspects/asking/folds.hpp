// What records add up to, kept as they come and go (Fold): words of units as they were put in, and cells that follow
// from them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

/// A word as it lies in the rows: the fold's number, its key, the unit, the word.
struct FoldedWord {
    std::string row;
    std::int32_t key_end = 0, unit_end = 0;  ///< where these end; no end of a unit: it is listed
};
auto members(Like<FoldedWord> auto& w) { return std::tie(w.row, w.key_end, w.unit_end); }

/// Threads and errors as of Table. Both tables are a function of what is put in; marks of keys that changed are not.
class Folds {
public:
    explicit Folds(const Rows*);

    /// Folds are numbered in the order of these calls. It outlives this.
    void take(const Fold& fold) { folds_.push_back(&fold); }
    /// What the fold of this number has a record say.
    std::vector<FoldedWord> words_of(std::size_t fold, const Record&) const;
    /// Puts a word in, or takes out what was put in.
    void put(const FoldedWord& word) { change(word, 1); }
    void take_out(const FoldedWord& word) { change(word, -1); }
    /// Cells follow what was changed. Before anything is asked or written.
    void settle();
    /// Units of these are read at once, where rows come in sets.
    void read_ahead(const std::vector<FoldedWord>&) const;

    /// Rows of the keys that are to be judged, what changed since they were.
    std::vector<std::string> stale() const { return stale_.keys(""); }
    void judged(const std::string& stale, const Sums&);
    static std::size_t fold_of(std::string_view stale);
    /// Of nothing where no record is left. This and what `record` needs outlive it.
    std::unique_ptr<Sums> sums(const std::string& stale,
                               std::function<std::optional<Record>(std::string_view)> record) const;

    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

private:
    void change(const FoldedWord&, std::int32_t times);
    Cells add_up(const std::string& unit_row, std::size_t key_end) const;

    std::vector<const Fold*> folds_;
    Table<std::int32_t> words_;  // (fold, key, unit, word): how many records say it
    Table<std::int64_t> cells_;  // (fold, key, cell)
    Table<Mark> stale_;          // (fold, key)
    struct Touched {
        std::size_t key_end = 0;
        Cells before;
    };
    std::map<std::string, Touched> touched_;  // by row of the unit, since cells last followed
};

}  // namespace imloop::loop::rules
