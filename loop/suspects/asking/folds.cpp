#include "loop/suspects/asking/folds.hpp"

#include <cassert>
#include <memory>
#include <utility>

namespace imloop::loop::rules {
namespace {

std::string row_of(std::size_t fold, std::string_view key) { return static_cast<char>(fold) + key_of(key); }

/// Rows that begin with this, by what follows.
template <typename Count>
void visit_under(const Table<Count>& rows, const std::string& beginning, const CountVisit& visit) {
    rows.each_between(beginning, end_of(beginning),
                      [&](std::string_view row, Count count) { return visit(row.substr(beginning.size()), count); });
}

/// A row that says 0 is none.
template <typename Count>
void add_to(Table<Count>& rows, std::string_view row, Count times) {
    auto& count = rows.change_or_new(row);
    count += times;
    assert(count >= 0);
    if (count == 0) rows.erase(row);
}

class SumsOfKey final : public Sums {
public:
    using Find = std::function<std::optional<Record>(std::string_view)>;
    SumsOfKey(const Table<std::int32_t>& words, const Table<std::int64_t>& cells, std::string row, Find find)
        : words_(words), cells_(cells), row_(std::move(row)), find_(std::move(find)) {}

    std::string key() const override { return KeyReader(std::string_view(row_).substr(1)).text(); }
    std::unique_ptr<Sums> of(const std::string& key) const override {
        return std::make_unique<SumsOfKey>(words_, cells_, row_of(Folds::fold_of(row_), key), find_);
    }
    std::int64_t cell(std::string_view cell) const override {
        const auto* found = cells_.find(row_ + std::string(cell));
        return found ? *found : 0;
    }
    void each_cell(std::string_view beginning, const CountVisit& visit) const override {
        visit_under(cells_, row_ + std::string(beginning), visit);
    }
    void each_word(std::string_view unit, const CountVisit& visit) const override {
        visit_under(words_, row_ + std::string(unit), visit);
    }
    std::optional<Record> record(std::string_view id) const override { return find_(id); }

private:
    const Table<std::int32_t>& words_;
    const Table<std::int64_t>& cells_;
    const std::string row_;
    const Find find_;
};

}  // namespace

Folds::Folds(const Rows* rows)
    : words_("watch_words", rows), cells_("watch_cells", rows), stale_("watch_stale_sums", rows) {}

std::vector<FoldedWord> Folds::words_of(std::size_t fold, const Record& record) const {
    std::vector<Fold::Word> words;
    folds_.at(fold)->words(record, words);
    std::vector<FoldedWord> out;
    for (const auto& [key, unit, word, is_listed] : words) {
        FoldedWord folded{row_of(fold, key)};
        folded.key_end = static_cast<std::int32_t>(folded.row.size());
        folded.row += unit;
        if (!is_listed) folded.unit_end = static_cast<std::int32_t>(folded.row.size());
        folded.row += word;
        out.push_back(std::move(folded));
    }
    return out;
}

Cells Folds::add_up(const std::string& unit_row, std::size_t key_end) const {
    std::vector<std::pair<std::string, std::int64_t>> words;
    visit_under(words_, unit_row, [&](std::string_view word, std::int64_t count) {
        words.emplace_back(word, count);
        return true;
    });
    Cells out;
    if (words.empty()) return out;
    const auto each_word = [&](const CountVisit& visit) {
        for (const auto& [word, count] : words)
            if (!visit(word, count)) return;
    };
    folds_.at(fold_of(unit_row))->add_up(std::string_view(unit_row).substr(key_end), each_word, out);
    return out;
}

void Folds::change(const FoldedWord& word, std::int32_t times) {
    const auto key_end = static_cast<std::size_t>(word.key_end);
    stale_.put(word.row.substr(0, key_end), {});
    if (word.unit_end == 0) {
        if (times > 0)
            words_.put(word.row, 1);
        else
            words_.erase(word.row);
        return;
    }
    auto unit = word.row.substr(0, static_cast<std::size_t>(word.unit_end));
    if (!touched_.contains(unit)) {
        auto before = add_up(unit, key_end);
        touched_.emplace(std::move(unit), Touched{key_end, std::move(before)});
    }
    add_to(words_, word.row, times);
}

void Folds::settle() {
    std::map<std::string, std::int64_t> more;
    for (const auto& [unit, was] : std::exchange(touched_, {})) {
        auto change = add_up(unit, was.key_end);
        for (const auto& [cell, count] : was.before) change[cell] -= count;
        for (const auto& [cell, count] : change)
            if (count != 0) more[unit.substr(0, was.key_end) + cell] += count;
    }
    std::vector<std::string> rows;
    for (const auto& [row, count] : more) rows.push_back(row);
    cells_.read_ahead(std::move(rows));
    for (const auto& [row, count] : more) add_to(cells_, row, count);
}

void Folds::read_ahead(const std::vector<FoldedWord>& words) const {
    std::vector<std::string> units;
    for (const auto& word : words)
        if (word.unit_end > 0) units.push_back(word.row.substr(0, static_cast<std::size_t>(word.unit_end)));
    words_.read_ahead_under(std::move(units));
}

std::size_t Folds::fold_of(std::string_view stale) { return static_cast<unsigned char>(stale.at(0)); }

void Folds::judged(const std::string& stale, const Sums& sums) {
    stale_.erase(stale);
    const auto fold = fold_of(stale);
    std::vector<std::string> keys;
    if (folds_.at(fold)->then) folds_.at(fold)->then(sums, keys);
    for (const auto& key : keys) stale_.put(row_of(fold, key), {});
}

std::unique_ptr<Sums> Folds::sums(const std::string& stale,
                                  std::function<std::optional<Record>(std::string_view)> record) const {
    assert(touched_.empty());
    return std::make_unique<SumsOfKey>(words_, cells_, stale, std::move(record));
}

void Folds::write(const RowChanges& changes) {
    assert(touched_.empty());
    write_rows(std::tie(words_, cells_, stale_), changes);
}
void Folds::forget() { forget_rows(std::tie(words_, cells_, stale_)); }
std::size_t Folds::held() const { return rows_held(std::tie(words_, cells_, stale_)); }

}  // namespace imloop::loop::rules
